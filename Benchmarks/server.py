"""A scratch PostgreSQL server for one run of the benchmarks: Unix socket only, in a temporary folder, gone at the end."""

import contextlib
import glob
import os
import shutil
import subprocess
import tempfile

# What differs from initdb's defaults, and why.
SETTINGS = {
    "listen_addresses": "''",  # a socket is all that is needed
    "wal_level": "replica",  # what servers that are backed up run with
    "max_wal_size": "4GB",  # restores are not to measure checkpoints
    "max_locks_per_transaction": "512",  # pg_dump locks each of 10,000 tables
    "autovacuum": "off",  # nothing else runs while something is measured
}


def binaries():
    """The folder of the newest PostgreSQL of Debian's that is at least 15, 15 first."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda path: abs(int(path.split("/")[4]) - 15))
    if not found:
        raise SystemExit("bench: error: no PostgreSQL server is installed\nbench: hint: scripts/setup")
    return os.path.dirname(found[0])


class Server:
    """A running server and how to reach it."""

    def __init__(self, folder, port=54329):
        self.folder = folder
        self.port = port
        self.bin = binaries()
        self.environment = dict(
            {key: value for key, value in os.environ.items() if not key.startswith(("PG", "BACKUP_", "DATABASE_URL"))},
            PGHOST=folder, PGPORT=str(port), PGUSER="postgres", PATH=self.bin + os.pathsep + os.environ["PATH"])

    def url(self, database):
        return f"postgresql:///{database}?host={self.folder}&port={self.port}&user=postgres"

    def sql(self, statement, database="postgres"):
        command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", statement]
        environment = {**self.environment, "PGOPTIONS": "-c client_min_messages=warning"}
        return subprocess.run(command, env=environment, check=True, text=True, stdout=subprocess.PIPE).stdout.strip()

    def create(self, database):
        self.sql(f'DROP DATABASE IF EXISTS "{database}"')
        self.sql(f'CREATE DATABASE "{database}" TEMPLATE template0')

    def has(self, database):
        return self.sql(f"SELECT count(*) FROM pg_database WHERE datname = '{database}'") == "1"

    def load(self, database, *kind):
        """Makes a database with scripts/data's kind of content, vacuumed and on disk."""
        if self.has(database):
            return
        self.create(database)
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "scripts", "data")
        subprocess.run([script, *kind, self.url(database)], env=self.environment, check=True)
        self.sql("VACUUM (FREEZE, ANALYZE)", database)
        self.sql("CHECKPOINT")


def _as_owner(command):
    """initdb and postgres refuse root."""
    return (["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []) + command


@contextlib.contextmanager
def scratch_server(parent):
    """Lends a server made in a new folder under `parent`."""
    folder = tempfile.mkdtemp(prefix="pgkeep-bench-", dir=parent)
    data = os.path.join(folder, "data")
    server = Server(folder)
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    os.chmod(folder, 0o755)
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "cwd": folder, "env": server.environment}
    try:
        subprocess.run(
            _as_owner([f"{server.bin}/initdb", "-D", data, "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust"]),
            **quiet)
        with open(os.path.join(data, "postgresql.conf"), "a", encoding="utf-8") as configuration:
            for key, value in {**SETTINGS, "unix_socket_directories": f"'{folder}'", "port": server.port}.items():
                configuration.write(f"{key} = {value}\n")
        subprocess.run(_as_owner([f"{server.bin}/pg_ctl", "-D", data, "-w", "-l", f"{folder}/log", "start"]), **quiet)
        try:
            yield server
        finally:
            subprocess.run(_as_owner([f"{server.bin}/pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"]), **quiet)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
