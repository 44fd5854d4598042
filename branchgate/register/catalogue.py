"""What a register sells: its own copy of the catalogue in one SQLite file, filled by sync, asked by the till.

The till finds articles by number, GTIN, name or category from the last complete set, also while a new one is being loaded and while
the gateway cannot be reached.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

from branchgate.catalogue import SETTINGS_KEY, Article, BranchSettings, Category, EntryType
from branchgate.damage import require_sound
from branchgate.sync.source import Entry, EntryId
from branchgate.sync.sqlite import SINK_TABLES, SqliteSink

_TABLES = """
CREATE TABLE IF NOT EXISTS entries (
    type INTEGER NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (type, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS names (
    article_number TEXT PRIMARY KEY, folded TEXT NOT NULL, category_key TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS names_by_text ON names (folded, article_number);
CREATE INDEX IF NOT EXISTS names_by_category ON names (category_key, folded);
CREATE TABLE IF NOT EXISTS gtins (
    gtin TEXT NOT NULL, article_number TEXT NOT NULL, PRIMARY KEY (gtin, article_number)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS gtins_by_article ON gtins (article_number);
"""
"""`names.folded` and `gtins.gtin` are in the form that `_folded` and `_gtin14` make."""

_BUSY_MS = 5_000
_BEHIND_ALL = "\U0010ffff"
_ARTICLES = "SELECT value FROM entries WHERE type = 1 AND key IN "


class RegisterCatalogue:
    """A register's catalogue file. `sink` is what a `SyncClient` fills.

    One thread at a time. Filling and asking from two threads take two instances on the same file: neither then waits for the other.
    Raises sqlite3.DatabaseError when the file is damaged.
    """

    def __init__(self, path: Path) -> None:
        # Autocommit: transactions are the sink's. May be made in one thread and used by another.
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            self._set_up()
        except BaseException:
            self._connection.close()
            raise
        self.sink = SqliteSink(self._connection, _SearchableEntries())

    def _set_up(self) -> None:
        self._connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        self._connection.execute("PRAGMA journal_mode = WAL")
        # A power cut may take back the last commits, but then the cursor with them, so that they come again.
        self._connection.execute("PRAGMA synchronous = NORMAL")
        require_sound(self._connection)
        self._connection.executescript(_TABLES + SINK_TABLES)

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    def article(self, article_number: str) -> Article | None:
        """By the merchant's article number."""
        value = self._value(EntryType.ARTICLE, article_number)
        return None if value is None else Article.decode(value)

    def by_gtin(self, gtin: str) -> tuple[Article, ...]:
        """By a scanned GTIN-8, -12, -13 or -14; several if the merchant gave one GTIN to several articles."""
        return self._articles("(SELECT article_number FROM gtins WHERE gtin = ?)", (_gtin14(gtin),))

    def by_name(self, name: str) -> tuple[Article, ...]:
        """All articles of exactly this name, upper and lower case alike."""
        return self._articles("(SELECT article_number FROM names WHERE folded = ?)", (_folded(name),))

    def search(self, part: str, limit: int = 20) -> tuple[Article, ...]:
        """Articles whose name begins like this, by name, then those that hold it elsewhere; at most `limit`."""
        start = _folded(part)
        rows = self._connection.execute(
            "SELECT value FROM names JOIN entries ON type = 1 AND key = article_number"
            " WHERE folded >= ? AND folded < ? ORDER BY folded, article_number LIMIT ?",
            (start, start + _BEHIND_ALL, limit),
        ).fetchall()
        if len(rows) < limit:
            rows += self._connection.execute(
                "SELECT value FROM names JOIN entries ON type = 1 AND key = article_number"
                " WHERE instr(folded, ?) > 1 ORDER BY folded, article_number LIMIT ?",
                (start, limit - len(rows)),
            ).fetchall()
        return tuple(Article.decode(value) for (value,) in rows)

    def in_category(self, category_key: str) -> tuple[Article, ...]:
        """The articles directly in a category, by name."""
        rows = self._connection.execute(
            "SELECT value FROM names JOIN entries ON type = 1 AND key = article_number"
            " WHERE category_key = ? ORDER BY folded, article_number",
            (category_key,),
        )
        return tuple(Article.decode(value) for (value,) in rows)

    def categories(self) -> tuple[Category, ...]:
        """The category tree: upper levels first, then by name."""
        rows = self._connection.execute("SELECT value FROM entries WHERE type = ?", (EntryType.CATEGORY,))
        found = [Category.decode(value) for (value,) in rows]
        return tuple(sorted(found, key=lambda category: (category.level, _folded(category.name))))

    def settings(self) -> BranchSettings | None:
        """What central has decided for the branch, None before the first sync."""
        value = self._value(EntryType.BRANCH_SETTINGS, SETTINGS_KEY)
        return None if value is None else BranchSettings.decode(value)

    def article_count(self) -> int:
        """Articles that can be sold."""
        (count,) = self._connection.execute("SELECT count(*) FROM names").fetchone()
        return int(count)

    def _value(self, entry_type: EntryType, key: str) -> bytes | None:
        row = self._connection.execute("SELECT value FROM entries WHERE type = ? AND key = ?", (entry_type, key))
        found = row.fetchone()
        return None if found is None else found[0]

    def _articles(self, numbers: str, arguments: tuple[str, ...]) -> tuple[Article, ...]:
        rows = self._connection.execute(f"{_ARTICLES}{numbers} ORDER BY key", arguments)
        return tuple(Article.decode(value) for (value,) in rows)


class _SearchableEntries:
    """The live set with what the till searches by."""

    def apply(self, connection: sqlite3.Connection, puts: Iterable[Entry], deletes: Iterable[EntryId]) -> None:
        puts, deletes = list(puts), list(deletes)
        connection.executemany("INSERT OR REPLACE INTO entries (type, key, value) VALUES (?, ?, ?)", puts)
        connection.executemany("DELETE FROM entries WHERE type = ? AND key = ?", deletes)
        touched = [(entry.key,) for entry in puts if entry.entry_type == EntryType.ARTICLE]
        touched += [(entry.key,) for entry in deletes if entry.entry_type == EntryType.ARTICLE]
        connection.executemany("DELETE FROM gtins WHERE article_number = ?", touched)
        connection.executemany("DELETE FROM names WHERE article_number = ?", touched)
        articles = [Article.decode(entry.value) for entry in puts if entry.entry_type == EntryType.ARTICLE]
        connection.executemany(
            "INSERT INTO names (article_number, folded, category_key) VALUES (?, ?, ?)",
            [(article.article_number, _folded(article.name), article.category_key) for article in articles],
        )
        connection.executemany(
            "INSERT OR IGNORE INTO gtins (gtin, article_number) VALUES (?, ?)",
            [(_gtin14(gtin), article.article_number) for article in articles for gtin in article.gtins],
        )

    def committed(self, put: Sequence[EntryId], deleted: Sequence[EntryId]) -> None:
        """Nothing is kept in memory."""


def _folded(text: str) -> str:
    """Without regard to case and surrounding space: what people type."""
    return " ".join(text.casefold().split())


def _gtin14(gtin: str) -> str:
    """All lengths of GTIN in one: shorter ones are GTIN-14 with leading zeros (GS1 General Specifications, 7.2)."""
    return gtin.strip().zfill(14)
