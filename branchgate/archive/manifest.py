"""The manifest of an archived month: which entries, which files, and what each must be. JSON, written last."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from branchgate.errors import Refused

FORM: Final = "branchgate-archive-1"
"""The form of the manifest and of the files it names."""

MANIFEST_NAME: Final = "manifest.json"

_MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_FILE: Final = re.compile(r"[a-z_]{1,40}(-\d{6})?\.parquet")


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """A Parquet file of the month: its rows, its bytes, their SHA-256 in hexadecimal. `journal`: its rows are entries of the journal."""

    name: str
    rows: int
    size_bytes: int
    sha256: str
    journal: bool = False


@dataclass(frozen=True, slots=True)
class Manifest:
    """A month (2026-11) of a branch's journal: the entries behind `after` up to `last`, and the chain hashes (hexadecimal) of both.

    `program` wrote it at `written_at_ms` (UTC).
    """

    month: str
    branch_id: str
    journal_id: str
    after: int
    after_hash: str
    last: int
    last_hash: str
    program: str
    written_at_ms: int
    files: tuple[ArchivedFile, ...]

    @property
    def entries(self) -> int:
        """How many entries of the journal it holds."""
        return self.last - self.after


def month_of(text: str, field: str) -> str:
    """A month as 2026-11. Raises Refused (INVALID_VALUE)."""
    if not _MONTH.fullmatch(text):
        raise Refused("INVALID_VALUE", field=field, value=text, rule="YYYY-MM")
    return text


def write_manifest(folder: Path, manifest: Manifest) -> Path:
    """Writes it into the month's folder and returns its path."""
    path = folder / MANIFEST_NAME
    path.write_text(json.dumps({"form": FORM, **asdict(manifest)}, indent=1) + "\n", encoding="utf-8")
    return path


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a month's folder. Raises Refused (ARCHIVE_MANIFEST_UNREADABLE)."""
    path = folder / MANIFEST_NAME
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        manifest = _manifest(found)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as failure:
        raise Refused("ARCHIVE_MANIFEST_UNREADABLE", field="manifest", value=path, rule=str(failure)) from failure
    if manifest.month != folder.name.removeprefix(".").removesuffix(".part"):
        raise Refused("ARCHIVE_MANIFEST_UNREADABLE", field="manifest", value=path, rule=manifest.month)
    return manifest


def manifests(archive: Path) -> list[tuple[Path, Manifest]]:
    """The months of an archive in order, each with its folder. Raises Refused (ARCHIVE_MANIFEST_UNREADABLE)."""
    return [(folder, read_manifest(folder)) for folder in month_folders(archive)]


def month_folders(archive: Path) -> list[Path]:
    """The folders of an archive that are named like months, in order."""
    if not archive.is_dir():
        return []
    return sorted(folder for folder in archive.iterdir() if _MONTH.fullmatch(folder.name) and folder.is_dir())


def digest_of(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _manifest(found: dict[str, Any]) -> Manifest:
    if found["form"] != FORM:
        raise ValueError(f"form {found['form']}")
    files = tuple(ArchivedFile(**file) for file in found["files"])
    for file in files:
        # What a manifest names is opened: it must not lead out of its folder.
        if not _FILE.fullmatch(file.name):
            raise ValueError(f"file {file.name}")
    values = {name: value for name, value in found.items() if name not in ("form", "files")}
    manifest = Manifest(**values, files=files)
    bytes.fromhex(manifest.after_hash + manifest.last_hash + manifest.journal_id)
    if not 0 <= manifest.after < manifest.last:
        raise ValueError(f"entries {manifest.after} to {manifest.last}")
    return manifest
