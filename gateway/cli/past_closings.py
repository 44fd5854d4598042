"""All closings of a span of days, asked for in pieces that fit into one answer each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import grpc.aio

from branchgate.v1 import report_pb2, report_pb2_grpc

MOST: Final = 300
"""So many closings are asked for at once: with their texts and figures a thousand of them may be more than one answer holds."""

MOST_OF_A_DAY: Final = 1000
"""The contract's bound; a single day is not divided."""

_PIECE: Final = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class ClosingsWanted:
    """Which closings, as typed: days as ISO 8601, empty for no bound; `limit` where the days are not bounded on both sides.

    `without_text`: a form is made of them here.
    """

    register: str
    from_day: str
    to_day: str
    limit: int
    without_text: bool = False


async def listed(channel: grpc.aio.Channel, wanted: ClosingsWanted) -> list[report_pb2.ListClosingsResponse]:
    """The answers, newest closings first; all closings of the days where both are named. Raises what the gateway answered."""
    stub = report_pb2_grpc.ReportServiceStub(channel)
    first, last = _day(wanted.from_day), _day(wanted.to_day)
    if first is None or last is None or first > last:
        return [await _ask(stub, wanted)]
    answers: list[report_pb2.ListClosingsResponse] = []
    waiting = [(first, last)]
    while waiting:
        begins, ends = waiting.pop()
        if ends - begins > _PIECE:
            waiting += [(begins, ends - _PIECE), (ends - _PIECE + timedelta(days=1), ends)]
            continue
        most = MOST if begins < ends else MOST_OF_A_DAY
        answer = await _ask(stub, replace(wanted, from_day=str(begins), to_day=str(ends), limit=most))
        if len(answer.closings) == most and begins < ends:
            middle = begins + (ends - begins) // 2
            waiting += [(begins, middle), (middle + timedelta(days=1), ends)]
            continue
        answers.append(answer)
    return answers


async def _ask(stub: report_pb2_grpc.ReportServiceAsyncStub, wanted: ClosingsWanted) -> report_pb2.ListClosingsResponse:
    return await stub.ListClosings(
        report_pb2.ListClosingsRequest(
            register_id=wanted.register,
            limit=wanted.limit,
            from_day=wanted.from_day,
            to_day=wanted.to_day,
            without_text=wanted.without_text,
        )
    )


def _day(text: str) -> date | None:
    """A day, None where the gateway must judge the text."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if str(day) == text else None
