"""Where an export works: a folder beside the stores, emptied before and after, and never so large that the till would feel it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from branchgate.errors import Refused, RefusedKind

FOLDER: Final = "export.tmp"
"""Inside the data folder. What a killed export left there is cleared away by the next."""

ZIP_NAME: Final = "export.zip"
"""What comes of it; the one who asked gives it its name."""

KEPT_FREE: Final = 256 * 1024 * 1024
"""An export stops before it takes the room that sales need."""

SHARE_OF_BODIES: Final = 1.5
"""Room for the temporary tables and the ZIP together, as a share of the receipts' bytes in the journal."""


def make_workplace(data: Path) -> Path:
    """An empty folder. Raises Refused (EXPORT_FOLDER_NOT_USABLE)."""
    clear_workplace(data)
    folder = data / FOLDER
    try:
        folder.mkdir(mode=0o700)
    except OSError as failure:
        raise Refused(
            "EXPORT_FOLDER_NOT_USABLE",
            field="data",
            value=folder,
            rule=failure.strerror or "",
            kind=RefusedKind.NOT_NOW,
        ) from failure
    return folder


def clear_workplace(data: Path) -> None:
    """Removes the folder and what is in it; there may be none."""
    shutil.rmtree(data / FOLDER, ignore_errors=True)


def require_room(folder: Path, body_bytes: int) -> None:
    """Raises Refused (EXPORT_NO_ROOM) when receipts of so many bytes cannot be exported on this disk."""
    needed = KEPT_FREE + int(body_bytes * SHARE_OF_BODIES)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Refused(
            "EXPORT_NO_ROOM", field="data", value=_megabytes(free), rule=_megabytes(needed), kind=RefusedKind.NOT_NOW
        )


def _megabytes(size: int) -> str:
    return f"{-(-size // 1_000_000)} MB"
