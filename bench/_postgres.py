"""A private PostgreSQL cluster on the loopback address: everything that is committed is synced.

Used by benchmarks, and by tests that kill the server. Beside memory sizes all settings are the
defaults: fsync, full_page_writes and synchronous_commit are on.
"""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import asyncpg

from bench.result import Unmeasured

ACCOUNT = "postgres"  # initdb and postgres refuse root
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "''",  # none: a killed server leaves its lock there
    "shared_buffers": "1GB",
    "max_wal_size": "4GB",
    "max_connections": "60",
}
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def program(name: str) -> str:
    """The newest installed one. Raises: Unmeasured."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    if not found:
        raise Unmeasured(f"{name} is missing: run `make system`")
    return str(found[-1])


def version() -> str:
    said = subprocess.run(
        [program("postgres"), "--version"], check=True, capture_output=True, text=True
    )
    return said.stdout.split()[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _as_account(*command: str) -> None:
    prefix = ["runuser", "-u", ACCOUNT, "--"] if os.geteuid() == 0 else []
    done = subprocess.run([*prefix, *command], check=False, capture_output=True, text=True, cwd="/")
    if done.returncode:
        raise Unmeasured(f"{command[0]}: {(done.stderr or done.stdout)[-2000:]}")


class Cluster:
    """Begins empty and is gone after `remove`; survives `kill` as a machine survives a crash."""

    def __init__(self, **settings: str) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="minuta-pg-"))
        if os.geteuid() == 0:
            account = pwd.getpwnam(ACCOUNT)
            os.chown(self.home, account.pw_uid, account.pw_gid)
        self.data, self.port = self.home / "data", free_port()
        self.settings = SETTINGS | settings
        trust = ("-U", "minuta", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        _as_account(program("initdb"), "-D", str(self.data), *trust)

    def start(self) -> None:
        options = " ".join(f"-c {name}={value}" for name, value in self.settings.items())
        self._control("-l", str(self.home / "log"), "-o", f"-p {self.port} {options}", "start")

    def stop(self) -> None:
        self._control("-m", "fast", "stop")

    def kill(self) -> None:
        """SIGKILL to every process of the cluster: nothing is flushed, nobody is told."""
        root = self.pid
        os.kill(root, signal.SIGSTOP)  # it begets no more
        family = [root, *_children(root)]
        for pid in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        while any(map(_alive, family)):
            time.sleep(0.001)
        # Where nobody reaps the dead, the next server would take the last for living.
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def remove(self) -> None:
        """Stop, if it runs, and forget the data."""
        if (self.data / "postmaster.pid").exists() and _alive(self.pid):
            self._control("-m", "immediate", "stop")
        shutil.rmtree(self.home, ignore_errors=True)

    @property
    def pid(self) -> int:
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://minuta@127.0.0.1:{self.port}/{database}"

    async def recreate(self, database: str, template: str = "template0", **settings: str) -> str:
        """A database anew, with settings of its own for whoever connects; answers its URL."""
        connection = await asyncpg.connect(self.url())
        try:
            await connection.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
            await connection.execute(f"CREATE DATABASE {database} TEMPLATE {template}")
            for name, value in settings.items():
                await connection.execute(f"ALTER DATABASE {database} SET {name} = {value}")
        finally:
            await connection.close()
        return self.url(database)

    def cpu_s(self) -> float:
        """CPU time that all processes of the cluster have used, those that are gone too."""
        root = self.pid
        ticks = sum(_times(root)) + sum(sum(_times(pid)[:2]) for pid in _children(root))
        return ticks / TICKS_A_SECOND

    def _control(self, *arguments: str) -> None:
        _as_account(program("pg_ctl"), "-D", str(self.data), "-w", *arguments)


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _times(pid: int) -> list[int]:
    """utime, stime, and those of reaped children."""
    try:
        return [int(field) for field in _stat(pid)[11:15]]
    except OSError:
        return [0, 0, 0, 0]


def _children(root: int) -> list[int]:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if int(_stat(int(folder.name))[1]) == root:
                    found.append(int(folder.name))
            except (OSError, IndexError):
                continue
    return found


def _alive(pid: int) -> bool:
    try:
        return _stat(pid)[0] != "Z"
    except OSError:
        return False
