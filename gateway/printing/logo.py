"""The shop's logo on receipts: a file in the data folder, read once at the start, fitted to each printer's paper."""

from __future__ import annotations

from pathlib import Path

from branchgate.errors import Refused
from drivers.escpos.pictures import PictureRefused, SourcePicture, read_picture


def load_logo(folder: Path, name: str) -> SourcePicture | None:
    """The picture that `[receipt] logo` names, relative to the data folder; None when it names none.

    Raises Refused (SETTINGS_INVALID) for what is missing or no picture: better at the start than on the first receipt.
    """
    if not name:
        return None
    try:
        return read_picture((folder / name).read_bytes(), name)
    except OSError as cause:
        raise _invalid(name, f"{folder / name} can be read ({cause.strerror})") from cause
    except PictureRefused as refused:
        raise _invalid(name, refused.rule) from refused


def _invalid(name: str, rule: str) -> Refused:
    return Refused("SETTINGS_INVALID", field="receipt.logo", value=name, rule=rule)
