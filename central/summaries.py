"""Summaries: one register's sums of a period, as its gateway computed them. Pulled over the session, stored by revision."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import structlog

from branchgate.clock import Clock
from branchgate.errors import BranchgateError, Refused, RefusedKind, TryAgain
from branchgate.figures import Summary
from central.branch_settings import branch_ids_of, settings_of
from central.sessions import RequestRefused, RequestSummaries, Session, Sessions, SummariesStored
from central.store import Database
from central.summary_store import OPEN, store_summaries

_log = structlog.get_logger(__name__)

ANSWER_WITHIN_S = 120.0


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull brought: summaries stored, and branches that could not be asked."""

    stored: int
    unreachable: tuple[str, ...]


class Summaries:
    """The summaries of all branches."""

    def __init__(
        self, database: Database, clock: Clock, sessions: Sessions, *, answer_within_s: float = ANSWER_WITHIN_S
    ) -> None:
        self._database = database
        self._clock = clock
        self._sessions = sessions
        self._answer_within_s = answer_within_s

    async def pull(self, branch_id: str, business_day: str) -> Pulled:
        """Asks one branch, or with an empty id all, for their summaries and waits until they are stored.

        Raises Refused (INVALID_VALUE) for a day that is none; what the one branch answers when it refuses.
        """
        checked_day(business_day, "business_day")
        if branch_id:
            await self._database.read(lambda connection: settings_of(connection, branch_id))
            return Pulled(await self._pull_one(branch_id, business_day), ())
        branch_ids = await self._database.read(branch_ids_of)
        connected = [name for name in branch_ids if name in self._sessions.connected]
        answers = await asyncio.gather(
            *(self._pull_one(name, business_day) for name in connected), return_exceptions=True
        )
        stored = 0
        unreachable = [name for name in branch_ids if name not in connected]
        for name, answer in zip(connected, answers, strict=True):
            if isinstance(answer, BranchgateError):
                _log.warning("summaries_not_pulled", branch=name, reason=answer.reason)
                unreachable.append(name)
            elif isinstance(answer, BaseException):
                raise answer
            else:
                stored += answer
        return Pulled(stored, tuple(sorted(unreachable)))

    async def take(self, branch_id: str, request_id: str, taken: Sequence[Summary]) -> int:
        """Stores what a gateway sends as an answer and returns how many. Raises Refused (REQUEST_UNKNOWN) when nobody asked."""
        session = self._sessions.of(branch_id)
        if not session.is_asked(request_id):
            raise Refused(
                "REQUEST_UNKNOWN",
                field="request_id",
                value=request_id,
                rule="only answers are taken",
                kind=RefusedKind.NOT_NOW,
            )
        for summary in taken:
            _check(summary)
        journal_id, now = session.greeting.journal_id, self._clock.now_ms()
        await self._database.write(lambda connection: store_summaries(connection, branch_id, journal_id, taken, now))
        session.answered(SummariesStored(request_id, len(taken)))
        return len(taken)

    async def _pull_one(self, branch_id: str, business_day: str) -> int:
        session = self._sessions.of(branch_id)
        try:
            async with asyncio.timeout(self._answer_within_s):
                return await _ask(session, business_day)
        except TimeoutError as failure:
            raise TryAgain("GATEWAY_SILENT", field="branch_id", value=branch_id) from failure


async def _ask(session: Session, business_day: str) -> int:
    stored = 0
    with session.asking(RequestSummaries(uuid.uuid4().hex, business_day)) as answers:
        async for answer in answers:
            if isinstance(answer, RequestRefused):
                raise Refused(
                    answer.reason,
                    field="business_day",
                    value=business_day,
                    rule=answer.text_en,
                    kind=RefusedKind.NOT_NOW,
                )
            if isinstance(answer, SummariesStored):
                stored += answer.count
    return stored


def checked_day(text: str, field: str) -> str:
    """An ISO 8601 date or nothing. Raises Refused (INVALID_VALUE)."""
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError as failure:
        raise Refused("INVALID_VALUE", field=field, value=text, rule="a date like 2026-11-22") from failure


def _check(summary: Summary) -> None:
    if not summary.business_day:
        raise Refused("INVALID_VALUE", field="business_day", value="", rule="a date like 2026-11-22")
    checked_day(summary.business_day, "business_day")
    if summary.z_number < OPEN:
        raise Refused("INVALID_VALUE", field="z_number", value=summary.z_number, rule="0 or more")
