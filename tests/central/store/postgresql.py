"""A PostgreSQL server of our own for a test run, when its programs and a driver are on the machine."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

PORT = 5432
# The server refuses to run as root.
_UNPRIVILEGED = "nobody"
_DRIVERS = {
    "psycopg": "postgresql+psycopg://shop@/postgres?host={folder}",
    "pg8000": "postgresql+pg8000://shop@/postgres?unix_sock={folder}/.s.PGSQL.5432",
}


def missing() -> str:
    """What keeps the server from being used; empty if nothing does."""
    if _programs() is None:
        return "no PostgreSQL server is installed (initdb, pg_ctl)"
    if not any(find_spec(name) for name in _DRIVERS):
        return f"no driver is installed (one of: {', '.join(_DRIVERS)})"
    return ""


@contextmanager
def server() -> Iterator[str]:
    """A fresh server, for as long as the block lasts; gives the URL of a database in it."""
    programs = _programs()
    assert programs is not None
    # Short: the path of a Unix socket has at most 107 bytes.
    with tempfile.TemporaryDirectory(prefix="pg", dir="/tmp") as name:
        folder = Path(name)
        user = _user(folder)
        data = folder / "data"

        def run(program: str, *arguments: str) -> None:
            subprocess.run(
                [programs / program, *arguments], user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL
            )

        run("initdb", "-D", str(data), "-U", "shop", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        options = f"-k {folder} -p {PORT} -c listen_addresses='' -c fsync=off"
        run("pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            driver = next(name for name in _DRIVERS if find_spec(name))
            yield _DRIVERS[driver].format(folder=folder)
        finally:
            run("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")


def _programs() -> Path | None:
    """The folder that holds the server's programs."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)


def _user(folder: Path) -> str | int | None:
    if os.geteuid():
        return None
    account = pwd.getpwnam(_UNPRIVILEGED)
    os.chown(folder, account.pw_uid, account.pw_gid)
    return account.pw_uid
