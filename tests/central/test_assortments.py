"""Assortments: the more precise rule wins, and only what a branch really gets or loses travels."""

from __future__ import annotations

import pytest

from branchgate.catalogue import BranchSettings, EntryType
from branchgate.clock import SystemClock
from branchgate.errors import Refused
from branchgate.sync.source import EntryId, FeedState
from central.ameise import ColumnMapping
from central.articles import Articles, ImportChoice
from central.assortment import Assortments, AssortmentSize
from central.assortment_rules import AssortmentRules
from central.branches import Branches
from central.categories import category, category_key, parsed_path, path_of
from central.feed.reading import BranchFeed
from central.store import Database

CSV = """Artikelnummer;Artikelname;Std. VK Brutto;Steuersatz in %;Kategorie Ebene 1;Kategorie Ebene 2
1;Wasser;0,99;19;Getränke;Wasser
2;Cola;1,29;19;Getränke;Limonade
3;Brot;3,49;7;Backwaren;
4;Zeitung;2,50;7;;
""".encode()


def rules(everything: bool = False, **named: tuple[str, ...]) -> AssortmentRules:
    empty: dict[str, tuple[str, ...]] = {
        "include_categories": (),
        "exclude_categories": (),
        "include_articles": (),
        "exclude_articles": (),
    }
    return AssortmentRules.read(everything=everything, **{**empty, **named})


class Shop:
    """Two branches and four articles."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.assortments = Assortments(database, lambda: None)
        self.articles = Articles(database, lambda: None)
        self.mitte = BranchFeed(database, "mitte")

    async def open(self) -> Shop:
        branches = Branches(self.database, SystemClock(), "c1", lambda: None)
        await branches.add(BranchSettings("mitte", "Mitte"))
        await self.put(CSV)
        return self

    async def put(self, csv: bytes) -> None:
        imported = await self.articles.import_file(csv, ImportChoice(ColumnMapping()))
        assert not imported.read.errors

    def state(self) -> FeedState:
        return self.mitte.state()

    def articles_of_mitte(self) -> set[str]:
        return {entry.key for entry in self.mitte.snapshot_page(None, 100).entries if entry.entry_type == 1}

    def categories_of_mitte(self) -> set[str]:
        return {entry.key for entry in self.mitte.snapshot_page(None, 100).entries if entry.entry_type == 2}


@pytest.fixture
async def shop(database: Database) -> Shop:
    return await Shop(database).open()


async def test_a_new_branch_sells_everything(shop: Shop) -> None:
    assert shop.articles_of_mitte() == {"1", "2", "3", "4"}
    assert await shop.assortments.sizes() == {"mitte": 4}


@pytest.mark.parametrize(
    ("chosen", "articles"),
    [
        (rules(), set()),
        (rules(everything=True), {"1", "2", "3", "4"}),
        (rules(include_categories=("Getränke",)), {"1", "2"}),
        (rules(include_categories=(" getränke>WASSER ",)), {"1"}),
        (rules(include_categories=("Getränke",), exclude_categories=("Getränke > Wasser",)), {"2"}),
        (rules(everything=True, exclude_categories=("Getränke",)), {"3", "4"}),
        (
            rules(everything=True, exclude_categories=("Getränke",), include_categories=("Getränke > Wasser",)),
            {"1", "3", "4"},
        ),
        (rules(include_articles=("4",)), {"4"}),
        (rules(include_categories=("Getränke",), exclude_articles=("2",)), {"1"}),
        (rules(everything=True, include_articles=("4",), exclude_articles=("4",)), {"1", "2", "3"}),
        (rules(include_categories=("Backwaren",), exclude_categories=("Backwaren",)), set()),
    ],
)
async def test_the_more_precise_rule_wins(shop: Shop, chosen: AssortmentRules, articles: set[str]) -> None:
    size = await shop.assortments.set("mitte", chosen)
    assert shop.articles_of_mitte() == articles
    assert size == AssortmentSize(len(articles), len(shop.categories_of_mitte()))


async def test_a_branch_gets_the_categories_that_its_articles_need_and_no_others(shop: Shop) -> None:
    await shop.assortments.set("mitte", rules(include_articles=("1",)))
    assert shop.categories_of_mitte() == {"Getränke", "Getränke > Wasser"}


async def test_the_same_rules_again_move_nothing(shop: Shop) -> None:
    await shop.assortments.set("mitte", rules(include_categories=("Getränke",)))
    head = shop.state().head
    await shop.assortments.set("mitte", rules(include_categories=("Getränke",)))
    assert shop.state().head == head


async def test_only_the_difference_travels(shop: Shop) -> None:
    await shop.assortments.set("mitte", rules(include_categories=("Getränke",)))
    head = shop.state().head
    await shop.assortments.set("mitte", rules(include_categories=("Getränke", "Backwaren"), exclude_articles=("2",)))
    changes = {change.id: change.value is not None for change in shop.mitte.changes(head, 100).changes}
    assert changes == {
        EntryId(EntryType.ARTICLE, "2"): False,
        EntryId(EntryType.CATEGORY, "Getränke > Limonade"): False,
        EntryId(EntryType.ARTICLE, "3"): True,
        EntryId(EntryType.CATEGORY, "Backwaren"): True,
    }


async def test_a_reader_meets_a_category_before_what_is_in_it(shop: Shop) -> None:
    order = [change.id for change in shop.mitte.changes(0, 100).changes]
    assert (
        order.index(EntryId(2, "Getränke"))
        < order.index(EntryId(2, "Getränke > Wasser"))
        < order.index(EntryId(1, "1"))
    )


async def test_the_rules_hold_for_articles_that_come_later(shop: Shop) -> None:
    await shop.assortments.set("mitte", rules(include_categories=("Getränke",)))
    await shop.put(CSV + "5;Saft;1,99;19;Getränke;Saft\n6;Kuchen;2,99;7;Backwaren;\n".encode())
    assert shop.articles_of_mitte() == {"1", "2", "5"}


@pytest.mark.parametrize(
    "unknown", [rules(include_categories=("Getränke > Waser",)), rules(exclude_articles=("4711",))]
)
async def test_a_rule_about_nothing_is_a_typing_mistake(shop: Shop, unknown: AssortmentRules) -> None:
    with pytest.raises(Refused, match="ASSORTMENT_UNKNOWN"):
        await shop.assortments.set("mitte", unknown)
    assert shop.articles_of_mitte() == {"1", "2", "3", "4"}


async def test_the_assortment_of_a_branch_that_is_not_there_is_refused(shop: Shop) -> None:
    with pytest.raises(Refused, match="NOT_FOUND"):
        await shop.assortments.set("nord", rules(everything=True))


def test_rules_come_back_from_the_store_as_they_were() -> None:
    kept = rules(include_categories=("A > B",), exclude_articles=("4",))
    assert AssortmentRules.from_json(kept.to_json()) == kept


def test_no_two_paths_share_a_key() -> None:
    assert category_key(("A", "B")) != category_key(("A > B",))
    assert path_of(category_key(("A", "B"))) == ("A", "B") == parsed_path(" A >  B ")
    assert category(("A", "B")).parent_key == category(("A",)).category_key
