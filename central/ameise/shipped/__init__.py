"""The article files that come with branchgate, in the form JTL-Ameise exports them.

`general-store.csv` is a German village shop as its owner keeps it; `grocery-articles.csv` has one article for each of the 169
names of the public "groceries" baskets, so that real baskets can be sold. Both are read with `general-store.mapping.toml`.
GTINs carry GS1 prefix 200, set aside for use inside a shop, so they are nobody's. All names are made up or generic.
"""

from __future__ import annotations

from enum import StrEnum
from importlib.resources import files

from central.ameise.mapping import ColumnMapping, parse_mapping


class ShippedFile(StrEnum):
    """The article files by the name of their file."""

    GENERAL_STORE = "general-store.csv"
    GROCERIES = "grocery-articles.csv"


def shipped_articles(file: ShippedFile = ShippedFile.GENERAL_STORE) -> bytes:
    """The file's bytes: UTF-8 with BOM, `;`, CRLF."""
    return (files(__name__) / file).read_bytes()


def shipped_mapping() -> ColumnMapping:
    """How both files name deposit, deposit returns and weighed goods."""
    return parse_mapping((files(__name__) / "general-store.mapping.toml").read_text(encoding="utf-8"))
