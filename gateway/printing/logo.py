"""The shop's logo on receipts: a file in the data folder, read once at the start, fitted to each printer's paper."""

from __future__ import annotations

import stat
from pathlib import Path

from branchgate.errors import Refused
from drivers.escpos.pictures import LARGEST_FILE, PictureRefused, SourcePicture, read_picture


def load_logo(folder: Path, name: str) -> SourcePicture | None:
    """The picture that `[receipt] logo` names, relative to the data folder; None when it names none.

    Raises Refused (SETTINGS_INVALID) for what is missing or no picture: better at the start than on the first receipt.
    """
    if not name:
        return None
    if not name.isprintable():
        raise _invalid(name, "a file name without control characters")
    try:
        return read_picture(_content(folder / name, name), name)
    except OSError as cause:
        raise _invalid(name, f"{folder / name} can be read ({cause.strerror})") from cause
    except PictureRefused as refused:
        raise _invalid(name, refused.rule) from refused


def _content(path: Path, name: str) -> bytes:
    """What stands in the file, no more than a picture may have. Anything but a file may never begin to answer, or never end."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise _invalid(name, f"{path} is a file")
    with path.open("rb") as file:
        return file.read(LARGEST_FILE + 1)


def _invalid(name: str, rule: str) -> Refused:
    return Refused("SETTINGS_INVALID", field="receipt.logo", value=name, rule=rule)
