"""A file that comes in pieces: under a name of its own until it is whole, so that nobody takes half of it for all."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import BinaryIO

from branchgate.errors import Refused, RefusedKind


class Received:
    """Takes a file in; a context manager that leaves nothing behind unless `finish` was called.

    `output` is the file to write, a folder, or None for the current one. Raises Refused: EXPORT_FILE_EXISTS, EXPORT_FILE_NOT_WRITABLE,
    EXPORT_PREVIEW_NAME for a preview whose name would hide that it is one, EXPORT_INCOMPLETE.
    """

    def __init__(self, output: Path | None, *, preview: bool) -> None:
        given = output or Path()
        self._folder = given if given.is_dir() else given.parent
        self._name = "" if given.is_dir() else given.name
        if preview and self._name and not any(word in self._name.lower() for word in ("vorschau", "preview")):
            raise Refused("EXPORT_PREVIEW_NAME", field="output", value=self._name)
        if self._name:
            self._require_new(given)
        self.path = given
        self._part = self._folder / f".branchgate-export-{os.getpid()}.part"
        self._file: BinaryIO | None = None
        self._digest = hashlib.sha256()
        self._size = 0

    def take(self, piece: bytes) -> None:
        """The next piece."""
        try:
            if self._file is None:
                self._file = self._part.open("xb")
            self._file.write(piece)
        except OSError as failure:
            raise self._not_writable(failure) from failure
        self._digest.update(piece)
        self._size += len(piece)

    def finish(self, file_name: str, size_bytes: int, sha256: str) -> None:
        """It is whole: on disk, and under its name. `file_name` is used where none was given."""
        if self._file is None or self._size != size_bytes or self._digest.hexdigest() != sha256:
            raise Refused("EXPORT_INCOMPLETE", field="export", value=self._size, rule=str(size_bytes))
        self.path = self._folder / (self._name or file_name)
        self._require_new(self.path)
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._part.rename(self.path)
        except OSError as failure:
            raise self._not_writable(failure) from failure

    def __enter__(self) -> Received:
        return self

    def __exit__(self, *problem: object) -> None:
        if self._file is not None:
            self._file.close()
            self._part.unlink(missing_ok=True)

    def _not_writable(self, failure: OSError) -> Refused:
        return Refused("EXPORT_FILE_NOT_WRITABLE", field="output", value=self.path, rule=failure.strerror or "")

    @staticmethod
    def _require_new(path: Path) -> None:
        if path.exists():
            raise Refused("EXPORT_FILE_EXISTS", field="output", value=path, kind=RefusedKind.EXISTS)
