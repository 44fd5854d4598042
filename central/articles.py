"""Articles: from an import to entries of the feed. Only what really changed gets a new position, so only that travels."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from branchgate.catalogue import Article, EntryType
from branchgate.sync.source import Entry, EntryId
from central.ameise import ColumnMapping, ImportedArticle, ImportResult, Repeated, read_articles
from central.assortment import refresh_all_members
from central.categories import Path, category, category_key, with_ancestors
from central.feed.writing import put_entries, remove_entries
from central.store import Database
from central.store.engine import upsert
from central.store.schema import article_paths

_AT_ONCE = 500
"""Keys of one DELETE: SQLite takes no more than 32,766 parameters."""


@dataclass(frozen=True, slots=True)
class ImportChoice:
    """How to import: the mapping of columns, what a repeated number means, and whether to import good rows beside bad ones."""

    mapping: ColumnMapping
    repeated: Repeated = "error"
    partial: bool = False
    check_only: bool = False


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file held and what was done: counts are 0 when nothing was imported; `changed` counts entries that moved."""

    read: ImportResult
    articles: int = 0
    categories: int = 0
    changed: int = 0


@dataclass(frozen=True, slots=True)
class _Sold:
    """What an import brings: entries in the order in which a reader should meet them, and each article's category paths."""

    entries: list[Entry]
    paths: list[tuple[str, tuple[Path, ...]]]


@dataclass(frozen=True, slots=True)
class Articles:
    """The articles of the business. `changed` is called after every commit that a branch must hear of."""

    database: Database
    changed: Callable[[], None]

    async def import_file(self, data: bytes, choice: ImportChoice) -> Imported:
        """Reads a file and imports it, unless it is only to be checked, or has errors and is not to be imported in part.

        Articles that the file calls inactive, and parents of variations, leave the catalogue; articles that it does not mention stay.
        """
        read = await asyncio.to_thread(read_articles, data, choice.mapping, choice.repeated)
        if choice.check_only or (read.errors and not choice.partial):
            return Imported(read)
        sold = [article for article in read.articles if article.active and article.sellable]
        gone = [article.article_number for article in read.articles if not (article.active and article.sellable)]
        found = await asyncio.to_thread(_sold, sold)
        count = await self.database.write(lambda connection: _store(connection, found, gone))
        self.changed()
        return Imported(read, len(sold), len(found.entries) - len(sold), count)

    async def count(self) -> int:
        """How many articles there are."""

        def work(connection: Connection) -> int:
            return connection.scalar(select(func.count()).select_from(article_paths)) or 0

        return await self.database.read(work)


def article_from(imported: ImportedArticle) -> Article:
    """The article as branches get it."""
    return Article(
        article_number=imported.article_number,
        name=imported.name,
        unit_price=imported.gross_price,
        vat_key=imported.vat_key,
        vat_rate_basis_points=imported.vat_rate,
        gtins=imported.gtins,
        unit=imported.unit,
        weighed=imported.weighed,
        category_key=category_key(imported.category_path),
        deposit=imported.deposit.amount if imported.deposit else 0,
        deposit_return=imported.deposit_return,
    )


def _sold(articles: list[ImportedArticle]) -> _Sold:
    paths = [(article.article_number, _paths(article)) for article in articles]
    categories = with_ancestors(path for _, found in paths for path in found)
    by_category = [Entry(EntryType.CATEGORY, category_key(path), category(path).encode()) for path in categories]
    by_article = [
        Entry(EntryType.ARTICLE, article.article_number, article_from(article).encode()) for article in articles
    ]
    return _Sold([*by_category, *by_article], paths)


def _paths(article: ImportedArticle) -> tuple[Path, ...]:
    return tuple(path for path in (article.category_path, *article.further_category_paths) if path)


def _store(connection: Connection, sold: _Sold, gone: list[str]) -> int:
    """Brings the feed and the paths to what the file says; returns how many entries moved."""
    moved = put_entries(connection, sold.entries)
    moved += remove_entries(connection, [EntryId(EntryType.ARTICLE, number) for number in gone])
    upsert(
        connection,
        article_paths,
        [{"article_number": number, "paths": [list(path) for path in paths]} for number, paths in sold.paths],
    )
    for start in range(0, len(gone), _AT_ONCE):
        numbers = gone[start : start + _AT_ONCE]
        connection.execute(article_paths.delete().where(article_paths.c.article_number.in_(numbers)))
    refresh_all_members(connection)
    return moved
