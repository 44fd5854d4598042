"""Room on the disk that is kept free for closing the day.

A full disk must not stop a shop from counting its cash and closing: a file of fixed size is held while all is well, given up when an
urgent commit finds the disk full, and made again as soon as there is room.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Protocol

RESERVE_BYTES = 32 * 1024 * 1024
"""Enough for the closings and cash counts of a branch for months, and for the copies that a checkpoint needs."""

SHORT_BYTES = 64 * 1024 * 1024
"""With less than that beside the reserve, somebody has to make room now: sales and their figures stop when it is used up."""

FILE_NAME = "reserve"
"""Name of the file inside the data folder."""


class Reserve(Protocol):
    """Something to give up when the disk is full."""

    def hold(self) -> bool:
        """Makes the reserve if it is not there; False as long as there is no room for it. Cheap while it is held."""

    def release(self) -> bool:
        """Gives the reserve up; False if there was nothing left to give."""


class NoReserve:
    """For stores that do without."""

    def hold(self) -> bool:
        return True

    def release(self) -> bool:
        return False


class FileReserve:
    """A file whose blocks are allocated, not merely promised."""

    def __init__(self, path: Path, size: int = RESERVE_BYTES) -> None:
        self._path = path
        self._size = size
        self._held = False

    def hold(self) -> bool:
        if not self._held:
            self._held = self._is_there() or self._make()
        return self._held

    def release(self) -> bool:
        # Asked of the file, not of memory: a reserve of an earlier run is worth as much.
        self._held = False
        if not self._path.exists():
            return False
        self._path.unlink()
        return True

    def short_of(self) -> int | None:
        """Bytes that are free when the disk counts as full or nearly full, else None. Asked of the disk; from any thread."""
        free = self._free()
        wanted = SHORT_BYTES if self._is_there() else self._wanted()
        return free if free < wanted else None

    def _is_there(self) -> bool:
        try:
            return self._path.stat().st_size == self._size
        except FileNotFoundError:
            return False

    def _free(self) -> int:
        space = os.statvfs(self._path.parent)
        return space.f_bavail * space.f_frsize

    def _wanted(self) -> int:
        # With some room to spare, so that it is not made out of the last blocks and given up again at the next commit.
        return self._size + self._size // 4

    def _make(self) -> bool:
        if self._free() < self._wanted():
            return False
        descriptor = os.open(self._path, os.O_CREAT | os.O_WRONLY, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, self._size)
        except OSError as failure:
            self._path.unlink()
            if failure.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
                return False
            raise
        finally:
            os.close(descriptor)
        return True
