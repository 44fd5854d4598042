"""A FUSE file system whose power can be cut: what was written and not synced is forgotten, in part, torn and out of order.

    python -m tests.rigs.disk.lossy BACKING MOUNTPOINT

What a program writes is kept in memory and reaches the folder BACKING when it is synced. Extended attributes set on the mount point
make it fail: `user.cut` SEED cuts the power, after which nothing works any more; BACKING then holds what a disk would have, for it may
have written any part of what nobody made it write: each write that was not synced survives, is torn or is lost, by the seed.
`user.read_only` and `user.full` make later writes fail until they are set to `0`.

Making, renaming and removing files counts at once; SQLite syncs folders where it matters (sqlite.org/atomiccommit.html).
"""

from __future__ import annotations

import errno
import os
import random
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import mfusepy as fuse

SECTOR = 512
"""A disk writes whole ones: a write is torn between two, never inside one."""


@dataclass
class Content:
    """A file as programs see it, and what of that is not on disk yet: (offset, data), or (length, None) for a truncation."""

    seen: bytearray
    unsynced: list[tuple[int, bytes | None]] = field(default_factory=list)

    def write(self, offset: int, data: bytes) -> None:
        apply(self.seen, offset, data)
        self.unsynced.append((offset, data))

    def truncate(self, length: int) -> None:
        apply(self.seen, length, None)
        self.unsynced.append((length, None))


def apply(target: bytearray, offset: int, data: bytes | None) -> None:
    """One write, or one truncation, as a file takes it."""
    if data is None:
        del target[offset:]
    end = offset + len(data or b"")
    target.extend(bytes(max(0, end - len(target))))
    target[offset:end] = data or b""


def surviving(unsynced: list[tuple[int, bytes | None]], draw: random.Random) -> list[tuple[int, bytes | None]]:
    """What a disk has of writes that nobody waited for: some, in some order, some of them torn. With luck all, or none."""
    chance = draw.choice((0.0, 0.3, 0.7, 1.0))
    kept = [each for each in unsynced if draw.random() < chance]
    if chance < 1:
        draw.shuffle(kept)
    return [(offset, _torn(data, draw) if draw.random() < 0.2 else data) for offset, data in kept]


def _torn(data: bytes | None, draw: random.Random) -> bytes | None:
    return data if data is None else data[: draw.randrange(0, len(data) + SECTOR, SECTOR)]


class LossyDisk(fuse.Operations):  # type: ignore[misc]
    """The operations of the file system; one thread calls them. No attribute may carry the name of a FUSE operation."""

    use_ns = True

    def __init__(self, backing: Path) -> None:
        self._backing = backing
        self._contents: dict[str, Content] = {}
        self._dead = self._read_only = self._full = False

    # -- being cut -------------------------------------------------------------------------------------------------

    def setxattr(self, path: str, name: str, value: bytes, options: int, position: int = 0) -> int:
        switched = value != b"0"
        match name:
            case "user.cut":
                self._cut(random.Random(value))
            case "user.read_only":
                self._read_only = switched
            case "user.full":
                self._full = switched
            case _:
                raise fuse.FuseOSError(errno.ENOTSUP)
        return 0

    def _cut(self, draw: random.Random) -> None:
        self._dead = True
        for path, content in self._contents.items():
            self._to_backing(path, surviving(content.unsynced, draw))

    def _to_backing(self, path: str, changes: list[tuple[int, bytes | None]]) -> None:
        with self._real(path).open("r+b") as file:
            for offset, data in changes:
                if data is None:
                    file.truncate(offset)
                else:
                    file.seek(offset)
                    file.write(data)

    def _real(self, path: str) -> Path:
        return self._backing / path.lstrip("/")

    def _must_live(self) -> None:
        if self._dead:
            raise fuse.FuseOSError(errno.EIO)

    def _must_take(self) -> None:
        self._must_live()
        if self._read_only:
            raise fuse.FuseOSError(errno.EROFS)

    def _content(self, path: str) -> Content:
        if path not in self._contents:
            self._contents[path] = Content(bytearray(self._real(path).read_bytes()))
        return self._contents[path]

    # -- files -----------------------------------------------------------------------------------------------------

    def init(self, path: str) -> None:
        os.write(sys.stdout.fileno(), b"mounted\n")

    def create(self, path: str, mode: int, fi: Any = None) -> int:
        self._must_take()
        if self._full:
            raise fuse.FuseOSError(errno.ENOSPC)
        self._real(path).touch(mode)
        self._contents[path] = Content(bytearray())
        return 0

    def open(self, path: str, flags: int) -> int:
        self._must_live()
        if self._read_only and flags & (os.O_WRONLY | os.O_RDWR):
            raise fuse.FuseOSError(errno.EROFS)
        self._content(path)
        return 0

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        self._must_live()
        return bytes(self._content(path).seen[offset : offset + size])

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        self._must_take()
        content = self._content(path)
        if self._full and offset + len(data) > len(content.seen):
            raise fuse.FuseOSError(errno.ENOSPC)
        content.write(offset, bytes(data))
        return len(data)

    def truncate(self, path: str, length: int, fh: int | None = None) -> int:
        self._must_take()
        self._content(path).truncate(length)
        return 0

    def fsync(self, path: str, datasync: int, fh: int) -> int:
        self._must_live()
        content = self._content(path)
        self._to_backing(path, content.unsynced)
        content.unsynced.clear()
        return 0

    # -- names -----------------------------------------------------------------------------------------------------

    def getattr(self, path: str, fh: int | None = None) -> dict[str, int]:
        try:
            found = self._real(path).lstat()
        except OSError as failure:
            raise fuse.FuseOSError(failure.errno or errno.EIO) from failure
        told = {name: getattr(found, name) for name in ("st_mode", "st_nlink", "st_uid", "st_gid", "st_size")}
        if path in self._contents:
            told["st_size"] = len(self._contents[path].seen)
        return told | {"st_atime": found.st_atime_ns, "st_mtime": found.st_mtime_ns, "st_ctime": found.st_ctime_ns}

    def readdir(self, path: str, fh: int) -> list[str]:
        return [".", "..", *(entry.name for entry in self._real(path).iterdir())]

    def mkdir(self, path: str, mode: int) -> int:
        self._must_take()
        self._real(path).mkdir(mode)
        return 0

    def rmdir(self, path: str) -> int:
        self._must_take()
        self._real(path).rmdir()
        return 0

    def unlink(self, path: str) -> int:
        self._must_take()
        self._real(path).unlink()
        self._contents.pop(path, None)
        return 0

    def rename(self, old: str, new: str) -> int:
        self._must_take()
        self._real(old).rename(self._real(new))
        self._contents.pop(new, None)
        if old in self._contents:
            self._contents[new] = self._contents.pop(old)
        return 0

    def chmod(self, path: str, mode: int) -> int:
        self._real(path).chmod(mode)
        return 0

    def statfs(self, path: str) -> dict[str, int]:
        room = 0 if self._full else 1 << 20
        return {
            "f_bsize": 4096,
            "f_frsize": 4096,
            "f_blocks": 1 << 21,
            "f_bfree": room,
            "f_bavail": room,
            "f_namemax": 255,
        }


if __name__ == "__main__":
    fuse.FUSE(LossyDisk(Path(sys.argv[1])), sys.argv[2], foreground=True, nothreads=True)
