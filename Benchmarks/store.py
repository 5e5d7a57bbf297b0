"""A scratch S3 store (SeaweedFS) for the benchmarks of copies: on loopback, in a folder of its own, gone at the end."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time

from measure import Failed

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def free_port():
    """One that nobody listens on, nor on the one 10,000 above, which SeaweedFS takes too."""
    while True:
        with socket.socket() as probe, socket.socket() as above:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
            if port > 55000:
                continue
            try:
                above.bind(("127.0.0.1", port + 10000))
                return port
            except OSError:
                continue


class Store:
    """A running store and how to reach it."""

    def __init__(self, programs, port):
        self.programs = programs
        self.environment = {
            "AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "SK", "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "AWS_EC2_METADATA_DISABLED": "true",
            "RCLONE_S3_PROVIDER": "Other", "RCLONE_S3_ENV_AUTH": "true", "RCLONE_S3_ENDPOINT": f"http://127.0.0.1:{port}",
            "RCLONE_S3_REGION": "us-east-1", "RCLONE_CONFIG": "/nonexistent/rclone.conf",
            "PATH": programs + os.pathsep + os.environ["PATH"],
        }

    def rclone(self, *arguments):
        return subprocess.run(
            ["rclone", *arguments, "--retries", "1", "--low-level-retries", "1"], env={**os.environ, **self.environment},
            text=True, capture_output=True)


@contextlib.contextmanager
def scratch_store(folder):
    """Lends a store made in `folder`, with a bucket `bench`."""
    programs = subprocess.run(
        [os.path.join(ROOT, "scripts/stores")], check=True, text=True, stdout=subprocess.PIPE).stdout.strip()
    data = os.path.join(folder, "data")
    os.makedirs(data)
    configuration = os.path.join(folder, "s3.json")
    with open(configuration, "w", encoding="utf-8") as file:
        json.dump({"identities": [{
            "name": "admin", "credentials": [{"accessKey": "AK", "secretKey": "SK"}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"]}]}, file)
    ports = [free_port() for _ in range(5)]
    store = Store(programs, ports[0])
    with open(os.path.join(folder, "log"), "w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [os.path.join(programs, "weed"), "mini", f"-dir={data}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false",
             "-webdav=false", "-admin.ui=false", "-s3.port.iceberg=0", "-s3.port.lance=0", f"-s3.port={ports[0]}",
             f"-master.port={ports[1]}", f"-volume.port={ports[2]}", f"-filer.port={ports[3]}", f"-admin.port={ports[4]}",
             f"-s3.config={configuration}"],
            env={**os.environ, "WEED_S3_SSE_KEK": "5a" * 32}, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 60
        while store.rclone("mkdir", ":s3:bench").returncode != 0:
            if process.poll() is not None or time.monotonic() > deadline:
                raise Failed("SeaweedFS did not start")
            time.sleep(0.2)
        yield store
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)
