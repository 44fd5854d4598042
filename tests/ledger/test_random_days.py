"""Days in which everything happens in any order: what registers made, what X and Z say, what is exported and what central gets agree to the cent.

The book on the other side is plain Python: it is fed with what was rung up, and never with what the gateway says.
BRANCHGATE_LEDGER_DAYS tries so many days (default 6), of BRANCHGATE_LEDGER_EVENTS events at most; `scripts/soak` tries many.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ledger.branch import SETTINGS
from tests.ledger.days import Days
from tests.ledger.forms import forms_agree
from tests.ledger.later import amounts, amounts_of, together
from tests.ledger.outcome import export_is_the_journal, journal_is_what_was_sent, summaries_are_the_closings
from tests.ledger.shop import REGISTERS

EXAMPLES = int(os.environ.get("BRANCHGATE_LEDGER_DAYS", "6"))
MOST_EVENTS = int(os.environ.get("BRANCHGATE_LEDGER_EVENTS", "50"))

OFTEN = ["sale"] * 6 + ["return", "void", "move", "count", "x", "park", "resume", "end_parked", "close", "redeem"] * 2
SOMETIMES = [
    *("training", "give_up", "staff", "account", "settle", "down_payment", "use_down_payment", "voucher"),
    *("open_drawer", "go_offline", "come_back", "send_again", "send_other_bytes", "send_rubbish", "turn_clock"),
    *("tse_fails", "wait", "wait", "close_branch"),
]
SELDOM = ["kill", "restart", "lose_sales_store"]
EVENTS = st.tuples(
    st.one_of(st.sampled_from(OFTEN + SOMETIMES), st.sampled_from(OFTEN + SOMETIMES + SELDOM)),
    st.integers(0, len(REGISTERS) - 1),
    st.integers(0, 1 << 32),
)
STARTS_MS = st.sampled_from(
    [
        1_795_000_000_000,  # an afternoon in November
        1_792_870_200_000,  # 24 October 2026, 20:30: the night in which an hour comes twice
        1_806_177_600_000,  # 27 March 2027, 21:00: the night in which an hour is missing
        1_798_753_500_000,  # 31 December 2026, 22:45
    ]
)


@pytest.mark.timeout(120 + EXAMPLES * MOST_EVENTS)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    start_ms=STARTS_MS,
    day_starts_at=st.sampled_from([0, 0, 240]),
    events=st.lists(EVENTS, min_size=MOST_EVENTS // 3, max_size=MOST_EVENTS),
)
def test_every_figure_of_any_days_agrees_to_the_cent(
    start_ms: int, day_starts_at: int, events: list[tuple[str, int, int]]
) -> None:
    with TemporaryDirectory() as folder:
        asyncio.run(lived(Days(Path(folder), start_ms, day_starts_at), events))


async def lived(days: Days, events: list[tuple[str, int, int]]) -> None:
    await days.branch.start()
    try:
        for what, register, seed in events:
            await days.do(what, register, seed)
            await days.expected_cash_is_right()
        await days.finish()
        await days.expected_cash_is_right()
        await summaries_are_the_closings(days)
        head = days.branch.desks.branch.journal.head
    finally:
        await days.branch.stop()
    for closing in days.closings.values():
        forms_agree(closing, SETTINGS)
    x_and_what_came_later_is_z(days)
    z_numbers_have_no_gap(days)
    assert journal_is_what_was_sent(days) == head
    export_is_the_journal(days)


def x_and_what_came_later_is_z(days: Days) -> None:
    for x in days.snapshots:
        closing = days.closings.get((x.register_id, x.z_number))
        if closing is not None:
            later = days.book[x.register_id].closed[x.z_number - 1].receipts[x.receipts :]
            assert together(amounts(x.figures), amounts_of(later)) == together(amounts(closing.figures), Counter())


def z_numbers_have_no_gap(days: Days) -> None:
    for name, register in days.book.items():
        numbers = sorted(z_number for owner, z_number in days.closings if owner == name)
        assert numbers == list(range(1, len(register.closed) + 1))
        assert not register.open.receipts
