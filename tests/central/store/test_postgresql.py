"""The same store on PostgreSQL, where there is a server and a driver to try it with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, text

from branchgate.catalogue import BranchSettings
from branchgate.clock import SystemClock
from branchgate.figures import Figures, Summary, SummaryColumns
from central.ameise.shipped import shipped_articles, shipped_mapping
from central.articles import Articles, ImportChoice
from central.assortment import Assortments
from central.assortment_rules import AssortmentRules
from central.branches import Branches
from central.intake import Intake
from central.reports import Reports
from central.store import Database
from central.summary_store import store_summaries
from tests.central.conftest import open_database
from tests.central.feed.contract import FeedContract, World
from tests.central.feed.test_sql_feeds import SqlWorld
from tests.central.journals import JOURNAL, journal
from tests.central.store import postgresql

pytestmark = pytest.mark.skipif(bool(postgresql.missing()), reason=postgresql.missing())


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with postgresql.server() as url:
        yield url


@pytest.fixture
def empty(url: str) -> Iterator[Database]:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    database = open_database(url)
    yield database
    database.close_here()


class TestPostgresqlFeeds(FeedContract):
    @pytest.fixture
    def world(self, empty: Database) -> World:
        return SqlWorld(empty)


async def test_a_shop_lives_on_postgresql(empty: Database) -> None:
    """From the first branch to the report: every kind of statement has run there once."""
    await Branches(empty, SystemClock(), "c1", lambda: None).add(BranchSettings("mitte", "Mitte"))
    imported = await Articles(empty, lambda: None).import_file(shipped_articles(), ImportChoice(shipped_mapping()))
    assert imported.articles >= 300
    rules = AssortmentRules(include_categories=(("Getränke",),))
    size = await Assortments(empty, lambda: None).set("mitte", rules)
    assert 0 < size.articles < imported.articles
    intake = Intake(empty, SystemClock())
    for _ in range(2):
        assert await intake.take("mitte", JOURNAL, journal(20)) == 20
    assert (await intake.counts()).events == 20
    summary = Summary("kasse-1", "2026-11-21", 1, 20, Figures(gross_cents=500), SummaryColumns())
    await empty.write(lambda connection: store_summaries(connection, "mitte", JOURNAL, [summary], 1))
    assert (await Reports(empty).report("mitte", "", "")).total.gross_cents == 500
