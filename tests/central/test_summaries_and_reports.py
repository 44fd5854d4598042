"""Summaries: pulled over the session, stored by revision, and summed by the one definition of every figure."""

from __future__ import annotations

import asyncio

import pytest

from branchgate.catalogue import BranchSettings
from branchgate.clock import SystemClock
from branchgate.errors import Refused, TryAgain
from branchgate.figures import Figures, PaymentFigure, Summary, SummaryColumns, add
from central.branches import Branches
from central.reports import Reports
from central.sessions import Greeting, RequestDone, RequestRefused, Session, Sessions
from central.store import Database
from central.summaries import Pulled, Summaries

JOURNAL = b"journal-one-----"
DAY = "2026-11-21"


def summary(z_number: int, through: int, cents: int, *, register_id: str = "kasse-1", day: str = DAY) -> Summary:
    figures = Figures(
        receipt_count=1, gross_cents=cents, cash_cents=cents, payments=(PaymentFigure("Bar", "Bar", "EUR", 1, cents),)
    )
    return Summary(
        register_id, day, z_number, through, figures, SummaryColumns((9,), (0,), (1,), (cents,), (1,), ("A",))
    )


class Central:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.sessions = Sessions()
        self.summaries = Summaries(database, SystemClock(), self.sessions, answer_within_s=0.2)
        self.reports = Reports(database)

    async def open(self) -> Central:
        branches = Branches(self.database, SystemClock(), "c1", lambda: None)
        for name in ("mitte", "nord"):
            await branches.add(BranchSettings(name, name))
        return self

    async def pulled(self, *taken: Summary, journal_id: bytes = JOURNAL, branch_id: str = "mitte") -> Pulled:
        """A pull that the gateway answers with these."""
        with self.sessions.opened(branch_id, Greeting("0.1.0", journal_id, 0, "")) as session:
            gateway = asyncio.create_task(self.answer(session, taken))
            pulled = await self.summaries.pull(branch_id, "")
            await gateway
        return pulled

    async def answer(self, session: Session, taken: tuple[Summary, ...]) -> None:
        request = await anext(session.requests())
        await self.summaries.take(session.branch_id, request.request_id, taken)
        session.answered(RequestDone(request.request_id))

    async def stored(self) -> list[tuple[str, str, int, int]]:
        report = await self.reports.report("", "", "")
        return [(row.business_day, row.register_id, row.z_number, row.figures.gross_cents) for row in report.rows]


@pytest.fixture
async def central(database: Database) -> Central:
    return await Central(database).open()


async def test_what_the_gateway_sends_is_stored_and_counted(central: Central) -> None:
    assert await central.pulled(summary(1, 10, 500), summary(0, 12, 70)) == Pulled(2, ())
    assert await central.stored() == [(DAY, "kasse-1", 0, 70), (DAY, "kasse-1", 1, 500)]


async def test_the_sum_over_branches_is_the_sum_of_the_parts(central: Central) -> None:
    one, other = summary(1, 10, 500), summary(1, 4, 1_99, register_id="kasse-2", day="2026-11-22")
    await central.pulled(one)
    await central.pulled(other, branch_id="nord")
    report = await central.reports.report("", "", "")
    assert report.total == add([one.figures, other.figures])
    assert report.total.gross_cents == 699
    assert (await central.reports.report("nord", "", "")).total == add([other.figures])
    assert (await central.reports.report("", "2026-11-22", "2026-11-30")).total == add([other.figures])
    assert (await central.reports.report("", "", DAY)).total == add([one.figures])


async def test_the_same_summary_again_counts_once(central: Central) -> None:
    for _ in range(3):
        await central.pulled(summary(1, 10, 500))
    assert await central.stored() == [(DAY, "kasse-1", 1, 500)]


async def test_an_open_period_is_followed_by_its_newer_state_and_by_its_closing(central: Central) -> None:
    await central.pulled(summary(0, 5, 100))
    await central.pulled(summary(0, 8, 300))
    assert await central.stored() == [(DAY, "kasse-1", 0, 300)]
    await central.pulled(summary(1, 9, 300))
    assert await central.stored() == [(DAY, "kasse-1", 1, 300)]


async def test_a_pull_that_was_overtaken_changes_nothing(central: Central) -> None:
    """Two pulls at once: the older answer arrives last, after the period was closed."""
    await central.pulled(summary(1, 9, 300))
    await central.pulled(summary(0, 5, 100))
    assert await central.stored() == [(DAY, "kasse-1", 1, 300)]


async def test_a_journal_that_goes_on_under_a_new_id_is_believed_although_it_is_shorter(central: Central) -> None:
    await central.pulled(summary(0, 90, 900))
    await central.pulled(summary(0, 50, 500), journal_id=b"journal-two-----")
    assert await central.stored() == [(DAY, "kasse-1", 0, 500)]


async def test_summaries_that_nobody_asked_for_are_refused(central: Central) -> None:
    with (
        central.sessions.opened("mitte", Greeting("0.1.0", JOURNAL, 0, "")),
        pytest.raises(Refused, match="REQUEST_UNKNOWN"),
    ):
        await central.summaries.take("mitte", "made-up", [summary(1, 1, 1)])


async def test_branches_that_are_away_are_named_and_the_others_pulled(central: Central) -> None:
    with central.sessions.opened("nord", Greeting("0.1.0", JOURNAL, 0, "")) as session:
        gateway = asyncio.create_task(central.answer(session, (summary(1, 3, 300),)))
        assert await central.summaries.pull("", "") == Pulled(1, ("mitte",))
        await gateway


async def test_a_branch_that_refuses_is_named_when_all_are_pulled_and_heard_when_it_alone_is(central: Central) -> None:
    async def refuse(session: Session) -> None:
        async for request in session.requests():
            session.answered(RequestRefused(request.request_id, "SALES_NOT_READY", "noch nicht", "not yet"))

    with central.sessions.opened("nord", Greeting("0.1.0", JOURNAL, 0, "")) as session:
        gateway = asyncio.create_task(refuse(session))
        assert await central.summaries.pull("", "") == Pulled(0, ("mitte", "nord"))
        with pytest.raises(Refused, match="SALES_NOT_READY"):
            await central.summaries.pull("nord", "")
        session.end()
        with pytest.raises(TryAgain):
            await gateway


async def test_a_gateway_that_stays_silent_is_not_waited_for_forever(central: Central) -> None:
    with (
        central.sessions.opened("mitte", Greeting("0.1.0", JOURNAL, 0, "")),
        pytest.raises(TryAgain, match="GATEWAY_SILENT"),
    ):
        await central.summaries.pull("mitte", "")


@pytest.mark.parametrize("day", ["gestern", "2026-02-30", "21.11.2026"])
async def test_a_day_that_is_none_is_refused(central: Central, day: str) -> None:
    with pytest.raises(Refused, match="INVALID_VALUE"):
        await central.summaries.pull("", day)
    with pytest.raises(Refused, match="INVALID_VALUE"):
        await central.reports.report("", day, "")


async def test_questions_about_nothing_are_refused(central: Central) -> None:
    with pytest.raises(Refused, match="NOT_FOUND"):
        await central.summaries.pull("west", "")
    with pytest.raises(Refused, match="NOT_FOUND"):
        await central.reports.report("west", "", "")
    with pytest.raises(Refused, match="INVALID_VALUE"):
        await central.reports.report("", "2026-11-22", "2026-11-21")
