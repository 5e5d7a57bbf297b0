#!/usr/bin/env python3
"""Measures pgkeep beside the usual tools on a scratch PostgreSQL with TPC-H, and writes docs/performance.md."""

import argparse
import datetime
import glob
import os
import platform
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import keeper
from measure import Failed, Row, Side, pair, peak_memory, run, sizes, spread
from server import SETTINGS, scratch_server
from store import scratch_store

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
JOBS = 2


class Bench:
    """What all groups of rows share: the server, the folder for what is written, the program."""

    def __init__(self, server, options):
        self.server = server
        self.options = options
        self.pairs = options.pairs
        self.output = os.path.join(server.folder, "output")
        self.keep = os.path.join(server.folder, "keep")
        self.clean()
        os.makedirs(self.keep)

    # What is measured

    def clean(self):
        shutil.rmtree(self.output, ignore_errors=True)
        os.makedirs(self.output, mode=0o700)

    def pgkeep(self, *arguments):
        return shlex.join([self.options.pgkeep, *arguments])

    def backup(self, database, compression="true", folder=None):
        """Our side of a backup, into an empty folder each time; None when only the peers run."""
        if self.options.peers_only:
            return None
        command = self.pgkeep(
            "backup", "manual", "--database-url", self.server.url(database), "--backup-dir", folder or self.output, "--jobs", str(JOBS))
        return Side("pgkeep", command, self.clean, environment={"BACKUP_COMPRESSION": compression})

    def peer(self, name, command=None):
        """Their side of a backup; OUT in the command stands for the file or folder to write."""
        return Side(name, (command or name).replace("OUT", os.path.join(self.output, "peer")), self.clean)

    def archive(self, folder):
        return glob.glob(os.path.join(folder, "*.sql*"))[0]

    def compare(self, work, ours, theirs, bar):
        return pair(work, ours, theirs, bar, self.pairs, self.server.environment)

    def size(self, command):
        """The size of what a command writes to OUT."""
        self.clean()
        side = self.peer(command)
        side.time(self.server.environment)
        return os.path.getsize(os.path.join(self.output, "peer"))

    def our_size(self, compression):
        ours = self.backup("tpch", compression)
        if ours is None:
            return None
        ours.time(self.server.environment)
        return os.path.getsize(self.archive(self.output))

    def kept(self):
        """A backup of tpch that verify and restore read, made once; pg_dump's in its stead when only the peers run."""
        folder = os.path.join(self.keep, "pgkeep")
        if not os.path.isdir(folder):
            os.makedirs(folder, mode=0o700)
            if self.options.peers_only:
                run(f"pg_dump tpch | gzip -1 > {folder}/tpch.sql.gz", self.server.environment)
            else:
                run("BACKUP_COMPRESSION=true " + self.backup("tpch", folder=folder).command, self.server.environment)
        return folder

    def tpch(self):
        self.server.load("tpch", "tpch", str(self.options.scale))

    # The groups of rows

    def backup_level1(self):
        self.tpch()
        work = "backup, level 1"
        floor = f"{shlex.quote(ROOT)}/Benchmarks/floor.sh tpch"
        for bar, theirs in [
            (0.92, self.peer("pg_dump > /dev/null", "pg_dump tpch > /dev/null")),
            (0.80, self.peer("pg_dump | pigz -1 -p2", "pg_dump tpch | pigz -1 -p2 > OUT")),
            (0.70, self.peer("pg_dump -Fd -j2 -Z1", "pg_dump -Fd -j2 -Z1 -f OUT tpch")),
            (0.15, self.peer("pg_dump | gzip", "pg_dump tpch | gzip > OUT")),
            (1.45, self.peer("bare parallel COPY to /dev/null", floor)),
        ]:
            yield self.compare(work, self.backup("tpch"), theirs, bar)

    def size_level1(self):
        self.tpch()
        yield sizes("size, level 1", "pg_dump | gzip -1", self.our_size("true"), self.size("pg_dump tpch | gzip -1 > OUT"), 1.00)

    def sealing(self):
        """The same backup with a seal and without; what a seal may cost."""
        if self.options.peers_only:
            return
        self.tpch()
        key = os.path.join(self.keep, "bench.key")
        public = subprocess.run([self.options.pgkeep, "keygen", "--force", "--out", key], check=True, text=True, capture_output=True).stdout.strip()
        sealed, plain = self.backup("tpch"), self.backup("tpch")
        sealed.environment["BACKUP_ENCRYPTION_RECIPIENTS"] = public
        plain.name = "pgkeep without a seal"
        yield self.compare("backup, level 1, sealed", sealed, plain, 1.03)

    def backup_level6(self):
        self.tpch()
        ours = self.backup("tpch", "gzip:6")
        yield self.compare("backup, level 6", ours, self.peer("pg_dump | gzip", "pg_dump tpch | gzip > OUT"), 0.35)
        yield sizes("size, level 6", "pg_dump | gzip", self.our_size("gzip:6"), self.size("pg_dump tpch | gzip > OUT"), 1.00)
        yield self.compare("backup, level 6", ours, self.peer("pg_dump -Fd -j2", "pg_dump -Fd -j2 -f OUT tpch"), 0.50)

    def backup_zstd(self):
        self.tpch()
        ours = self.backup("tpch", "zstd:1")
        yield self.compare("backup, zstd level 1", ours, self.peer("pg_dump | zstd -1 -T2", "pg_dump tpch | zstd -q -1 -T2 > OUT"), 0.80)
        yield sizes("size, zstd level 1", "pg_dump | zstd -1 -T2", self.our_size("zstd:1"), self.size("pg_dump tpch | zstd -q -1 -T2 > OUT"), 1.03)

    def backup_20mb(self):
        self.server.load("twenty", "twenty-megabytes")
        theirs = self.peer("pg_dump | gzip -1", "pg_dump twenty | gzip -1 > OUT")
        yield self.compare("backup of a 20 MB database", self.backup("twenty"), theirs, 1.20)

    def backup_small_tables(self):
        count = 1000 if self.options.quick else 10000
        self.server.load("small", "small-tables", str(count))
        theirs = self.peer("pg_dump | gzip -1", "pg_dump small | gzip -1 > OUT")
        yield self.compare(f"backup of {count:,} small tables", self.backup("small"), theirs, 1.10)

    def memory(self):
        databases = [("tpch_small", max(self.options.scale / 10, 0.01)), ("tpch", self.options.scale)]
        if self.options.memory_scale:
            databases.append(("tpch_big", self.options.memory_scale))
        for database, scale in databases:
            self.server.load(database, "tpch", str(scale))
            row = Row(f"memory, backup at scale {scale:g}", "-", "≤ 100 MB")
            ours = self.backup(database)
            if ours:
                try:
                    peaks = []
                    # Loading ten times the data takes longer than all else: once is enough there.
                    for _ in range(1 if database == "tpch_big" else self.pairs):
                        self.clean()
                        peaks.append(peak_memory(ours.command, {**self.server.environment, "BACKUP_COMPRESSION": "true"}) / 1e6)
                    row.ours = spread(peaks, " MB", 1)
                    row.reached = max(peaks) <= 100
                except Failed as failure:
                    row.note, row.reached = f"failed: {failure}", False
            if database == "tpch_big":
                self.server.sql("DROP DATABASE tpch_big")
            yield row

    def verify(self):
        self.tpch()
        folder = self.kept()
        command = self.pgkeep("verify", "latest", "--backup-dir", folder, "--app", "tpch")
        ours = None if self.options.peers_only else Side("pgkeep", command)
        yield self.compare("verify", ours, Side("gzip -t", f"gzip -t {self.archive(folder)}"), 0.35)

    def restore(self):
        self.tpch()
        folder = self.kept()
        plain, directory = os.path.join(self.keep, "plain.sql.gz"), os.path.join(self.keep, "directory")
        run(f"pg_dump tpch | gzip -1 > {plain}; pg_dump -Fd -j2 -Z1 -f {directory} tpch", self.server.environment)

        def drop():
            self.server.sql("DROP DATABASE IF EXISTS back")
            self.server.sql("CHECKPOINT")

        def create():
            drop()
            self.server.create("back")

        command = self.pgkeep(
            "restore", "latest", "--into", "back", "--yes", "--no-analyze", "--database-url", self.server.url("tpch"),
            "--backup-dir", folder, "--jobs", str(JOBS))
        ours = None if self.options.peers_only else Side("pgkeep", command, drop, drop)
        psql = Side("gunzip | psql", f"gunzip -c {plain} | psql -X -q -v ON_ERROR_STOP=1 -d back", create, drop)
        pg_restore = Side("pg_restore -j2", f"pg_restore -e -j2 -d back {directory}", create, drop)
        yield self.compare("restore (without ANALYZE)", ours, psql, 0.80)
        yield self.compare("restore (without ANALYZE)", ours, pg_restore, 0.95)

    def drill(self):
        """A drill beside the least that it could do: a parallel restore, and all rows read once in parallel."""
        self.tpch()
        folder, directory = self.kept(), os.path.join(self.keep, "drill-directory")
        run(f"pg_dump -Fd -j2 -Z1 -f {directory} tpch", self.server.environment)
        command = f"pg_restore -e -j2 -d back {directory} && {shlex.quote(ROOT)}/Benchmarks/floor.sh back"
        # A drill's server waits for no disk; the other tool gets the same.
        quick = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "maintenance_work_mem": "256MB"}

        def create(settings):
            for name, value in settings.items():
                self.server.sql(f"ALTER SYSTEM SET {name} = '{value}'")
            self.server.sql("SELECT pg_reload_conf()")
            self.server.create("back")

        def drop():
            self.server.sql("DROP DATABASE IF EXISTS back")
            self.server.sql("ALTER SYSTEM RESET ALL")
            self.server.sql("SELECT pg_reload_conf()")

        ours = None
        if not self.options.peers_only:
            drill = self.pgkeep("drill", "latest", "--backup-dir", folder, "--app", "tpch", "--jobs", str(JOBS))
            ours = Side("pgkeep", drill, environment={"BACKUP_DRILL_DIR": self.options.work})
        for name, settings in (("", {}), (", on a server without fsync", quick)):
            theirs = Side(
                f"pg_restore -j2, then bare parallel COPY{name}", command, lambda: create(settings), drop)
            yield self.compare("drill", ours, theirs, 1.15)

    def one_table(self):
        self.tpch()
        # A table of 1 %: lineitem is two thirds of the rows' bytes.
        self.server.sql("DROP TABLE IF EXISTS sample; CREATE TABLE sample AS SELECT * FROM lineitem WHERE l_orderkey % 69 = 0", "tpch")
        self.server.sql("ALTER TABLE sample ADD PRIMARY KEY (l_orderkey, l_linenumber)", "tpch")
        folder, plain = os.path.join(self.keep, "sample"), os.path.join(self.keep, "sample.sql.gz")
        os.makedirs(folder, mode=0o700)
        run(f"pg_dump tpch | gzip -1 > {plain}", self.server.environment)

        def drop_schema():
            self.server.sql("DROP SCHEMA IF EXISTS bench CASCADE", "tpch")

        ours = None
        if not self.options.peers_only:
            run("BACKUP_COMPRESSION=true " + self.backup("tpch", folder=folder).command, self.server.environment)
            command = self.pgkeep(
                "restore", "latest", "--table", "sample", "--schema", "bench", "--database-url", self.server.url("tpch"),
                "--backup-dir", folder, "--jobs", str(JOBS))
            ours = Side("pgkeep", command, drop_schema, drop_schema)
        psql = Side(
            "gunzip | psql of everything", f"gunzip -c {plain} | psql -X -q -v ON_ERROR_STOP=1 -d back",
            lambda: self.server.create("back"), lambda: self.server.sql("DROP DATABASE back"))
        yield self.compare("restore of one table of 1 %", ours, psql, 0.05)
        self.server.sql("DROP TABLE sample", "tpch")

    def list(self):
        if self.options.peers_only:
            yield Row("list, stats of 10,000 archives", "-", "≤ 0.50 s")
            return
        self.server.load("tiny", "small-tables", "3")
        folder = os.path.join(self.keep, "many")
        os.makedirs(folder, mode=0o700)
        try:
            run(self.backup("tiny", folder=folder).command, self.server.environment)
        except Failed as failure:
            yield Row("list, stats of 10,000 archives", "-", "≤ 0.50 s", reached=False, note=f"failed: {failure}")
            return
        first = self.archive(folder)
        newest = datetime.datetime.now(datetime.timezone.utc)
        for hours in range(1, 10000):
            stamp = (newest - datetime.timedelta(hours=hours)).strftime("%Y-%m-%dT%H-%M-%S")
            shutil.copy(first, os.path.join(folder, f"tiny_daily_backup_{stamp}.sql.gz"))
        for name in ("list", "stats"):
            row = Row(f"{name} of 10,000 archives", "-", "≤ 0.50 s")
            side = Side(name, self.pgkeep(name, "--json", "--backup-dir", folder, "--app", "tiny"))
            try:
                seconds = [side.time(self.server.environment) for _ in range(self.pairs + 1)][1:]
                row.ours, row.reached = spread(seconds), statistics.median(seconds) <= 0.5
            except Failed as failure:
                row.note, row.reached = f"failed: {failure}", False
            yield row

    def serve(self):
        if self.options.peers_only:
            return
        self.server.load("tiny", "small-tables", "3")
        folder = os.path.join(self.keep, "tiny")
        os.makedirs(folder, mode=0o700)
        run("BACKUP_COMPRESSION=none " + self.backup("tiny", folder=folder).command, self.server.environment)
        yield from keeper.at_rest(
            self.options.pgkeep, self.archive(folder), self.server.url("tiny"), os.path.join(self.keep, "keeper"),
            self.server.environment, rest=60 if self.options.quick else 600)

    def copy(self):
        """A copy of one large archive into a bucket, compared with its original, beside rclone alone."""
        self.tpch()
        folder = os.path.join(self.keep, "large")
        os.makedirs(folder, mode=0o700)
        # Uncompressed, so that it is large: what is in it makes no difference to a copy.
        if self.options.peers_only:
            run(f"pg_dump tpch > {folder}/tpch.sql", self.server.environment)
        else:
            run("BACKUP_COMPRESSION=false " + self.backup("tpch", folder=folder).command, self.server.environment)
        archive = self.archive(folder)
        with scratch_store(os.path.join(self.server.folder, "store")) as store:

            def empty():
                store.rclone("purge", ":s3:bench/pgkeep")
                store.rclone("purge", ":s3:bench/peer")
                shutil.rmtree(os.path.join(folder, ".pgkeep"), ignore_errors=True)

            ours = None
            if not self.options.peers_only:
                ours = Side(
                    "pgkeep", self.pgkeep("sync", "--backup-dir", folder, "--app", "tpch"), empty,
                    environment={**store.environment, "BACKUP_VAULTS": "s3://bench/pgkeep"})
            theirs = Side(
                "rclone copyto", shlex.join(["rclone", "copyto", archive, ":s3:bench/peer/archive.sql"]), empty,
                environment=store.environment)
            yield self.compare(f"copy of {os.path.getsize(archive) / 1e6:.0f} MB to S3", ours, theirs, 1.11)


GROUPS = {
    "backup-level1": Bench.backup_level1, "size": Bench.size_level1, "backup-level6": Bench.backup_level6,
    "backup-zstd": Bench.backup_zstd, "backup-20mb": Bench.backup_20mb, "backup-small-tables": Bench.backup_small_tables,
    "memory": Bench.memory, "verify": Bench.verify, "restore": Bench.restore, "one-table": Bench.one_table,
    "list": Bench.list, "serve": Bench.serve, "sealing": Bench.sealing, "copy": Bench.copy,
    "drill": Bench.drill,
}


def hardware():
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{len(os.sched_getaffinity(0))} cores ({model}), {memory:.0f} GiB of memory, Linux {platform.release()}"


def page(rows, options, server_version):
    """The text of docs/performance.md."""
    head = ["work", "against", "pgkeep", "the other", "ratio", "bar", "reached"]
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
             for cells in [head, ["---"] * len(head)] + [row.cells() for row in rows]]
    settings = ", ".join(f"`{key} = {value}`" for key, value in SETTINGS.items())
    pgkeep = " ".join(["scripts/bench", *sys.argv[1:]])
    return f"""# Performance

Measured on {datetime.date.today().isoformat()} by `{pgkeep}`: {hardware()}; {server_version}, the server and both sides on one machine over a
Unix socket. TPC-H at scale factor {options.scale:g}, {options.pairs} pairs a row, taken alternately after a warm-up; pgkeep with `--jobs {JOBS}`. Times are medians of wall
clock with (least–most), ratios are medians of the pairs' ratios. Memory is the maximum resident set by `/usr/bin/time -v`. Server settings beside
the defaults: {settings}.

""" + "\n".join(lines) + "\n"


def arguments():
    parser = argparse.ArgumentParser(
        prog="scripts/bench", description="Measure pgkeep beside the usual tools; a whole run writes docs/performance.md.")
    parser.add_argument("--quick", action="store_true", help="scale 0.1, two pairs, 1,000 small tables")
    parser.add_argument("--only", metavar="ROWS", help="comma-separated, of: " + ", ".join(GROUPS))
    parser.add_argument("--scale", type=float, help="TPC-H scale factor (default 1)")
    parser.add_argument("--pairs", type=int, help="pairs a row (default 5)")
    parser.add_argument("--memory-scale", type=float, help="measure memory at this scale too (9 is 10 GB)")
    parser.add_argument("--output", metavar="FILE", help="where to write the table (default docs/performance.md for a whole run, else nowhere)")
    parser.add_argument("--work", metavar="DIR", default=tempfile.gettempdir(), help="where the server and the backups lie (6 GB at scale 1)")
    parser.add_argument("--pgkeep", metavar="PROGRAM", default=os.path.join(ROOT, ".build-release/release/pgkeep"), help="the program to measure")
    parser.add_argument("--peers-only", action="store_true", help="measure the other tools alone")
    options = parser.parse_args()
    options.scale = options.scale or (0.1 if options.quick else 1)
    options.pairs = options.pairs or (2 if options.quick else 5)
    options.groups = options.only.split(",") if options.only else list(GROUPS)
    unknown = [name for name in options.groups if name not in GROUPS]
    if unknown:
        parser.error(f"no such rows: {', '.join(unknown)}; there are {', '.join(GROUPS)}")
    if not options.peers_only and not os.access(options.pgkeep, os.X_OK):
        parser.error(f"{options.pgkeep} is not there; build it, or give --peers-only")
    if not (options.output or options.only or options.quick or options.peers_only):
        options.output = os.path.join(ROOT, "docs/performance.md")
    return options


def main():
    options = arguments()
    rows = []
    with scratch_server(options.work) as server:
        bench = Bench(server, options)
        for group in options.groups:
            began = time.monotonic()
            try:
                for row in GROUPS[group](bench):
                    rows.append(row)
                    print("  ".join(cell for cell in row.cells()), file=sys.stderr)
            except (Failed, subprocess.CalledProcessError) as failure:
                rows.append(Row(group, "-", "-", reached=False, note=f"failed: {failure}"))
                print(f"{group}: {failure}", file=sys.stderr)
            print(f"bench: {group} took {time.monotonic() - began:.0f} s", file=sys.stderr)
        text = page(rows, options, "PostgreSQL " + server.sql("SHOW server_version").split()[0])
    if options.output:
        with open(options.output, "w", encoding="utf-8") as file:
            file.write(text)
    print(text)
    return 1 if any(row.note.startswith("failed") for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
