"""Whether a reader of this version can use an entry; what it cannot use it rejects by name and goes on."""

from __future__ import annotations

from collections.abc import Callable

from google.protobuf.message import DecodeError

from branchgate.catalogue import SETTINGS_KEY, Article, BranchSettings, Category, EntryType
from branchgate.errors import Refused
from branchgate.vat import STANDARD_RATES

EntryCheck = Callable[[int, str, bytes], None]
"""Raises Refused when the entry `(type, key, value)` cannot be used."""


def check_entry(entry_type: int, key: str, value: bytes) -> None:
    """Raises Refused: UNKNOWN_ENTRY_TYPE, ENTRY_UNREADABLE, ENTRY_KEY_MISMATCH or UNKNOWN_VAT_KEY."""
    named = _READERS.get(entry_type)
    if named is None:
        raise Refused("UNKNOWN_ENTRY_TYPE", field="type", value=entry_type, rule="a type of this version")
    try:
        name = named(value)
    except (DecodeError, UnicodeDecodeError) as broken:
        raise Refused("ENTRY_UNREADABLE", field="value", value=key, rule=str(broken)) from broken
    if name != key:
        raise Refused("ENTRY_KEY_MISMATCH", field="key", value=key, rule=f"the value names {name}")


def _article(value: bytes) -> str:
    article = Article.decode(value)
    if article.vat_key not in STANDARD_RATES:
        raise Refused("UNKNOWN_VAT_KEY", field="vat_key", value=article.vat_key, rule="a key of DSFinV-K Anlage 2")
    return article.article_number


def _category(value: bytes) -> str:
    return Category.decode(value).category_key


def _settings(value: bytes) -> str:
    BranchSettings.decode(value)
    return SETTINGS_KEY


_READERS: dict[int, Callable[[bytes], str]] = {
    EntryType.ARTICLE: _article,
    EntryType.CATEGORY: _category,
    EntryType.BRANCH_SETTINGS: _settings,
}
