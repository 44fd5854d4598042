"""Importing articles: all or nothing unless asked otherwise, and only real changes travel."""

from __future__ import annotations

import pytest

from branchgate.catalogue import Article, BranchSettings, Category
from branchgate.clock import SystemClock
from branchgate.sync.source import EntryId
from central.ameise import ColumnMapping
from central.ameise.shipped import shipped_articles, shipped_mapping
from central.articles import Articles, ImportChoice
from central.branches import Branches
from central.feed.reading import BranchFeed
from central.store import Database

HEAD = "Artikelnummer;Artikelname;Std. VK Brutto;Steuersatz in %;Kategorie Ebene 1;Kategorie Ebene 2;Aktiv\n"
WATER = "1;Wasser;0,99;19;Getränke;Wasser;Y\n"
COLA = "2;Cola;1,29;19;Getränke;Limonade;Y\n"
BROKEN = "3;Ohne Preis;;19;;;Y\n"


def choice(*, partial: bool = False, check_only: bool = False) -> ImportChoice:
    return ImportChoice(ColumnMapping(), partial=partial, check_only=check_only)


def file(*rows: str) -> bytes:
    return (HEAD + "".join(rows)).encode()


@pytest.fixture
async def articles(database: Database) -> Articles:
    await Branches(database, SystemClock(), "c1", lambda: None).add(BranchSettings("mitte", "Mitte"))
    return Articles(database, lambda: None)


@pytest.fixture
def feed(database: Database) -> BranchFeed:
    return BranchFeed(database, "mitte")


def keys(feed: BranchFeed, entry_type: int = 1) -> set[str]:
    return {entry.key for entry in feed.snapshot_page(None, 1000).entries if entry.entry_type == entry_type}


async def test_an_import_reaches_the_branch_as_articles_and_categories(articles: Articles, feed: BranchFeed) -> None:
    imported = await articles.import_file(file(WATER), choice())
    assert (imported.articles, imported.categories, imported.changed) == (1, 2, 3)
    page = {entry.id: entry.value for entry in feed.snapshot_page(None, 10).entries}
    assert Article.decode(page[EntryId(1, "1")]) == Article(
        "1", "Wasser", 99_000, 1, 1900, category_key="Getränke > Wasser"
    )
    assert Category.decode(page[EntryId(2, "Getränke > Wasser")]) == Category(
        "Getränke > Wasser", "Wasser", 2, "Getränke"
    )


async def test_the_same_file_again_moves_nothing(articles: Articles, feed: BranchFeed) -> None:
    await articles.import_file(file(WATER, COLA), choice())
    head = feed.state().head
    assert (await articles.import_file(file(WATER, COLA), choice())).changed == 0
    assert feed.state().head == head


async def test_one_price_is_one_change(articles: Articles, feed: BranchFeed) -> None:
    await articles.import_file(file(WATER, COLA), choice())
    head = feed.state().head
    imported = await articles.import_file(file(WATER.replace("0,99", "1,09"), COLA), choice())
    assert imported.changed == 1
    assert [change.key for change in feed.changes(head, 10).changes] == ["1"]


async def test_one_bad_row_stops_the_file(articles: Articles, feed: BranchFeed) -> None:
    imported = await articles.import_file(file(WATER, BROKEN), choice())
    assert (imported.articles, imported.changed, len(imported.read.errors)) == (0, 0, 1)
    assert keys(feed) == set()


async def test_the_good_rows_come_when_that_is_asked_for(articles: Articles, feed: BranchFeed) -> None:
    imported = await articles.import_file(file(WATER, BROKEN), choice(partial=True))
    assert (imported.articles, len(imported.read.errors)) == (1, 1)
    assert keys(feed) == {"1"}


@pytest.mark.parametrize("partial", [True, False])
async def test_a_check_changes_nothing(articles: Articles, feed: BranchFeed, partial: bool) -> None:
    imported = await articles.import_file(file(WATER, BROKEN), choice(partial=partial, check_only=True))
    assert (imported.articles, imported.read.rows_read) == (0, 2)
    assert keys(feed) == set()
    assert await articles.count() == 0


async def test_an_article_that_is_no_longer_active_leaves_and_one_not_mentioned_stays(
    articles: Articles, feed: BranchFeed
) -> None:
    await articles.import_file(file(WATER, COLA), choice())
    head = feed.state().head
    await articles.import_file(file(WATER.replace(";Y", ";N")), choice())
    assert keys(feed) == {"2"}
    assert {(change.key, change.value) for change in feed.changes(head, 10).changes} == {
        ("1", None),
        ("Getränke > Wasser", None),
    }
    await articles.import_file(file(WATER), choice())
    assert keys(feed) == {"1", "2"}


async def test_an_article_that_moves_takes_its_category_along(articles: Articles, feed: BranchFeed) -> None:
    await articles.import_file(file(WATER), choice())
    await articles.import_file(file(WATER.replace("Getränke;Wasser", "Aktion;")), choice())
    assert keys(feed, 2) == {"Aktion"}


async def test_the_shipped_file_is_taken_whole(articles: Articles, feed: BranchFeed) -> None:
    imported = await articles.import_file(shipped_articles(), ImportChoice(shipped_mapping()))
    assert not imported.read.errors
    assert imported.articles == await articles.count() >= 300
    found = [Article.decode(entry.value) for entry in feed.snapshot_page(None, 10_000).entries if entry.entry_type == 1]
    assert any(article.deposit for article in found)
    assert any(article.deposit_return for article in found)
    assert any(article.weighed for article in found)
    paths = {entry.key for entry in feed.snapshot_page(None, 10_000).entries if entry.entry_type == 2}
    assert {article.category_key for article in found} <= {"", *paths}
