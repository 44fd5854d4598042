"""All closings of a span of days come, in order and once, however many one answer may hold."""

from __future__ import annotations

from datetime import date, timedelta

import grpc.aio
from hypothesis import given, settings
from hypothesis import strategies as st

from branchgate.v1 import figures_pb2, report_pb2
from gateway.cli.past_closings import MOST, ClosingsWanted, listed

FIRST = date(2025, 12, 30)


class Closed:
    """So many closings on each day from the first on, answered as a gateway does: newest first, at most as many as asked for."""

    def __init__(self, per_day: list[int]) -> None:
        days = [FIRST + timedelta(days=at) for at, many in enumerate(per_day) for _ in range(many)]
        self.closings = [
            report_pb2.ClosingDone(closing=figures_pb2.Closing(business_day=str(day), z_number=number))
            for number, day in enumerate(days, start=1)
        ][::-1]

    def answer(self, request: report_pb2.ListClosingsRequest) -> list[report_pb2.ClosingDone]:
        fitting = [
            done
            for done in self.closings
            if (request.from_day or "0") <= done.closing.business_day <= (request.to_day or "9")
        ]
        return fitting[: request.limit]


class Channelled:
    """A channel that answers in this process."""

    def __init__(self, gateway: Closed) -> None:
        self._gateway = gateway

    def __getattr__(self, name: str) -> object:
        return lambda method, **_: self._call

    async def _call(self, request: report_pb2.ListClosingsRequest) -> report_pb2.ListClosingsResponse:
        return report_pb2.ListClosingsResponse(closings=self._gateway.answer(request))


def on(per_day: list[int]) -> grpc.aio.Channel:
    return Channelled(Closed(per_day))  # type: ignore[return-value]


async def test_a_year_comes_whole_where_both_ends_are_named() -> None:
    answers = await listed(on([2] * 400), ClosingsWanted("", "2026-01-01", "2026-12-31", 20))
    days = [done.closing.business_day for answer in answers for done in answer.closings]
    assert (len(days), days[0], days[-1]) == (730, "2026-12-31", "2026-01-01")
    assert days == sorted(days, reverse=True)


async def test_a_large_branch_is_asked_in_smaller_pieces() -> None:
    """Forty registers close 1240 times a month, more than one answer is asked for."""
    answers = await listed(on([40] * 60), ClosingsWanted("", str(FIRST), "2026-12-31", 20))
    numbers = [done.closing.z_number for answer in answers for done in answer.closings]
    assert numbers == list(range(2_400, 0, -1))


async def test_without_both_ends_the_limit_holds() -> None:
    (answer,) = await listed(on([2] * 400), ClosingsWanted("", "2026-01-01", "", 20))
    assert len(answer.closings) == 20


@given(st.lists(st.integers(0, 40), min_size=1, max_size=60), st.data())
@settings(max_examples=30, deadline=None)
async def test_no_closing_is_missing_or_doubled(per_day: list[int], data: st.DataObject) -> None:
    begins = data.draw(st.integers(0, len(per_day) - 1))
    first, last = FIRST + timedelta(days=begins), FIRST + timedelta(days=data.draw(st.integers(begins, len(per_day))))
    answers = await listed(on(per_day), ClosingsWanted("", str(first), str(last), 1))
    assert all(len(answer.closings) <= MOST for answer in answers)
    numbers = [done.closing.z_number for answer in answers for done in answer.closings]
    request = report_pb2.ListClosingsRequest(from_day=str(first), to_day=str(last), limit=10**6)
    assert numbers == [done.closing.z_number for done in Closed(per_day).answer(request)]
