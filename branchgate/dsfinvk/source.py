"""Where an export lies: a folder or a ZIP, read as streams and never unpacked.

An export comes from elsewhere, so it is taken for hostile: names that leave the folder, links, devices, archives that claim thousands of
files or that swell beyond what tables of text can.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final

from branchgate.dsfinvk.facts import INDEX_FILE, tables
from branchgate.errors import Refused

MOST_FILES: Final = 1000
MOST_SWELLING: Final = 300
"""Bytes out of one byte of ZIP. Tables of one day that differ in a digit reach about 100, deflate's limit is 1032."""
SMALL_BYTES: Final = 64 << 20
"""Up to here a member may swell as it likes: it is read as a stream."""
_BUFFER: Final = 1 << 20

_END = struct.Struct("<4s4H2LH")
_END_64_LOCATOR = struct.Struct("<4sLQL")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LONGEST_COMMENT: Final = 1 << 16
_MOST_DIRECTORY_BYTES: Final = 4 << 20


class Source(ABC):
    """The files of one export by their names, beside its index.xml."""

    sizes: dict[str, int]
    """Bytes of each file, unpacked."""

    @abstractmethod
    def _open(self, name: str) -> BinaryIO:
        """Raises OSError, zipfile.BadZipFile and their kin."""

    @contextmanager
    def reading(self, name: str) -> Iterator[BinaryIO]:
        """The bytes of a file. Raises Refused (EXPORT_NOT_READABLE), also from inside: a ZIP tells late that it is cut off."""
        try:
            with self._open(name) as stream:
                yield stream
        except (OSError, EOFError, zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError) as problem:
            raise Refused("EXPORT_NOT_READABLE", field="file", value=name, rule=str(problem)) from problem

    def read(self, name: str, most: int) -> bytes:
        """A whole small file. Raises Refused (EXPORT_SUSPICIOUS) beyond `most` bytes."""
        with self.reading(name) as stream:
            found = stream.read(most + 1)
        if len(found) > most:
            raise Refused("EXPORT_SUSPICIOUS", field="file", value=name, rule=f"at most {most} bytes")
        return found


class _Folder(Source):
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.sizes = {}
        for path in sorted(folder.iterdir()):
            state = path.lstat()
            if stat.S_ISLNK(state.st_mode) or not (stat.S_ISREG(state.st_mode) or stat.S_ISDIR(state.st_mode)):
                raise Refused(
                    "EXPORT_SUSPICIOUS", field="file", value=path.name, rule="a file, neither link nor device"
                )
            if stat.S_ISREG(state.st_mode):
                self.sizes[path.name] = state.st_size

    def _open(self, name: str) -> BinaryIO:
        return (self._folder / name).open("rb", buffering=_BUFFER)


class _Zip(Source):
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        members = [member for member in archive.infolist() if not member.is_dir()]
        for member in members:
            _refuse_hostile(member)
        root = _root_of([PurePosixPath(member.filename) for member in members])
        self._members: dict[str, zipfile.ZipInfo] = {}
        for member in members:
            path = PurePosixPath(member.filename)
            if path.parent != root:
                continue
            if path.name in self._members:
                raise Refused("EXPORT_SUSPICIOUS", field="file", value=path.name, rule="each name once in the ZIP")
            self._members[path.name] = member
        self.sizes = {name: member.file_size for name, member in self._members.items()}

    def _open(self, name: str) -> BinaryIO:
        # A member reads lines in Python, a buffer around it in C. It has readinto, which is all that BufferedReader asks for.
        member: io.RawIOBase = self._archive.open(self._members[name])  # type: ignore[assignment]
        return io.BufferedReader(member, _BUFFER)


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """The export at `path`. Raises Refused (EXPORT_NOT_FOUND, EXPORT_NOT_READABLE, EXPORT_SUSPICIOUS)."""
    if not path.exists():
        raise Refused("EXPORT_NOT_FOUND", field="file", value=path)
    if path.is_dir():
        try:
            folder = _Folder(path)
        except OSError as problem:
            raise Refused("EXPORT_NOT_READABLE", field="file", value=path, rule=str(problem)) from problem
        yield folder
        return
    try:
        _refuse_long_directory(path)
        archive = zipfile.ZipFile(path)
    except (OSError, EOFError, zipfile.BadZipFile, NotImplementedError, struct.error) as problem:
        raise Refused("EXPORT_NOT_READABLE", field="file", value=path, rule=str(problem)) from problem
    with archive:
        yield _Zip(archive)


def _refuse_hostile(member: zipfile.ZipInfo) -> None:
    name = member.filename
    path = PurePosixPath(name)
    # ZipFile has already turned the system's own separator into "/"; what is left of the other kind is meant to deceive.
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
        raise Refused("EXPORT_SUSPICIOUS", field="file", value=name, rule="names inside the export's folder")
    if member.flag_bits & 0x1:
        raise Refused("EXPORT_NOT_READABLE", field="file", value=name, rule="encrypted")
    if member.file_size > max(SMALL_BYTES, MOST_SWELLING * member.compress_size):
        rule = f"{member.file_size} bytes out of {member.compress_size}, at most {MOST_SWELLING} for one"
        raise Refused("EXPORT_SUSPICIOUS", field="file", value=name, rule=rule)


def _root_of(paths: list[PurePosixPath]) -> PurePosixPath:
    """The folder inside the ZIP that is the export: where index.xml lies, else where a table does."""
    for wanted in ({INDEX_FILE}, set(tables())):
        folders = sorted({path.parent for path in paths if path.name in wanted}, key=lambda folder: len(folder.parts))
        if folders:
            return folders[0]
    return PurePosixPath()


def _refuse_long_directory(path: Path) -> None:
    """Looks at what the ZIP's end says before zipfile loads its whole directory into memory."""
    with path.open("rb") as file:
        size = file.seek(0, io.SEEK_END)
        file.seek(max(0, size - _END.size - _LONGEST_COMMENT))
        tail = file.read()
        at = tail.rfind(b"PK\5\6")
        if at < 0:
            raise zipfile.BadZipFile("no end of a ZIP's directory: no ZIP, or cut off")
        fields = _END.unpack_from(tail, at)
        entries, length = fields[4], fields[5]
        if at >= _END_64_LOCATOR.size and tail[at - _END_64_LOCATOR.size :].startswith(b"PK\6\7"):
            _, _, end_64, _ = _END_64_LOCATOR.unpack_from(tail, at - _END_64_LOCATOR.size)
            file.seek(min(end_64, size))
            long = _END_64.unpack(file.read(_END_64.size))
            entries, length = max(long[6], long[7]), long[8]
    if entries > MOST_FILES or length > _MOST_DIRECTORY_BYTES:
        rule = f"at most {MOST_FILES} files in a directory of {_MOST_DIRECTORY_BYTES} bytes"
        raise Refused("EXPORT_SUSPICIOUS", field="file", value=path.name, rule=rule)
