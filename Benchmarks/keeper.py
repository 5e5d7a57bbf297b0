"""Measures `pgkeep serve` at rest: two hundred databases with 54 archives each, none of them due."""

import datetime
import http.client
import os
import re
import signal
import socket
import subprocess
import time
import zlib

from measure import Failed, Row, spread

DATABASES = 200
TIERS = (("daily", 30, 1), ("weekly", 12, 7), ("monthly", 12, 30))


def dated(archive, moment):
    """An uncompressed archive with another time in its footer, which is its last line."""
    body, line = archive[:-256], archive[-256:].decode()
    line = re.sub(r"createdAt=\S+", f"createdAt={moment:%Y-%m-%dT%H:%M:%SZ}", line)
    line = line[:line.index(" crc32=")]
    return body + f"{line} crc32={zlib.crc32(line.encode()):08x}".ljust(255).encode() + b"\n"


def fill(folder, archive, now):
    """Fifty-four archives of each app, made of one."""
    with open(archive, "rb") as file:
        archive = file.read()
    for tier, count, days in TIERS:
        for number in range(count):
            moment = now - datetime.timedelta(hours=1, days=number * days)
            contents = dated(archive, moment)
            for app in range(DATABASES):
                with open(os.path.join(folder, f"app{app}_{tier}_backup_{moment:%Y-%m-%dT%H-%M-%S}.sql"), "wb") as file:
                    file.write(contents)


def settings(folder, url):
    """A list of databases: two hundred names for one."""
    with open(os.path.join(folder, "pgkeep.yaml"), "w", encoding="utf-8") as file:
        file.write("databases:\n")
        for app in range(DATABASES):
            file.write(f"  - url: \"{url}\"\n    app: app{app}\n")


def seconds_of_cpu(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid, what):
    with open(f"/proc/{pid}/status", encoding="utf-8") as status:
        return int(re.search(what + r":\s+(\d+) kB", status.read())[1]) * 1024


def get(port, page):
    """Status and seconds of one answer, on a connection of its own."""
    began = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", page)
        answer = connection.getresponse()
        answer.read()
        return answer.status, time.monotonic() - began
    except OSError:
        return 0, time.monotonic() - began
    finally:
        connection.close()


def at_rest(pgkeep, archive, url, folder, environment, rest):
    """Rows of a keeper that has nothing to do for `rest` seconds."""
    os.makedirs(folder, mode=0o700)
    vault = os.path.join(folder, "backups")
    os.makedirs(vault, mode=0o700)
    now = datetime.datetime.now(datetime.timezone.utc)
    fill(vault, archive, now)
    settings(folder, url)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    # Half a day away from any slot.
    hour = (now.hour + 12) % 24
    own = {
        **environment, "BACKUP_DIR": vault, "BACKUP_LISTEN": f"127.0.0.1:{port}", "BACKUP_TIMEZONE": "UTC",
        "BACKUP_DAILY_SCHEDULE": f"0 {hour} * * *", "BACKUP_WEEKLY_SCHEDULE": f"0 {hour} * * 0", "BACKUP_MONTHLY_SCHEDULE": f"0 {hour} 1 * *",
    }
    log = open(os.path.join(folder, "log"), "w", encoding="utf-8")
    keeper = subprocess.Popen([pgkeep, "serve"], cwd=folder, env=own, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        patience = time.monotonic() + 120
        while get(port, "/healthz")[0] != 200:
            if keeper.poll() is not None or time.monotonic() > patience:
                with open(log.name, encoding="utf-8") as said:
                    raise Failed("the keeper does not become healthy: " + " / ".join(said.read().splitlines()[-3:]))
            time.sleep(1)
        answers = [get(port, "/metrics") for _ in range(21)]
        if any(status != 200 for status, _ in answers):
            raise Failed("/metrics does not answer with 200")
        seconds = [seconds for _, seconds in answers]
        work = f"`/metrics` of {DATABASES} databases × 54 archives"
        yield Row(work, "-", "≤ 0.20 s", ours=spread(seconds, digits=3), reached=max(seconds) <= 0.2)
        # Past what a start costs: the first looks, and the search for other keepers.
        time.sleep(30)
        before = seconds_of_cpu(keeper.pid)
        time.sleep(rest)
        share = 100 * (seconds_of_cpu(keeper.pid) - before) / rest
        work = f"`serve` at rest, {DATABASES} databases"
        yield Row(f"{work}, CPU over {rest} s", "-", "≤ 0.1 %", ours=f"{share:.3f} %", reached=share <= 0.1)
        memory = resident(keeper.pid, "VmRSS")
        yield Row(
            f"{work}, memory", "-", "≤ 60 MB", ours=f"{memory / 1e6:.1f} MB", reached=memory <= 60e6,
            note=f"at most {resident(keeper.pid, 'VmHWM') / 1e6:.1f} MB since its start")
    finally:
        if keeper.poll() is None:
            keeper.send_signal(signal.SIGTERM)
        keeper.wait(60)
        log.close()
