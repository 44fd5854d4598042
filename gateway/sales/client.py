"""The gateway's side of the sales store: keeps the child alive and asks it.

A child that dies is started again, ever more slowly; whoever was waiting is told to try again. Recording never waits for any of this.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import structlog

from branchgate.errors import TryAgain
from branchgate.figures import ArticleFigure, Summary, SummaryColumns
from gateway.sales import replies
from gateway.sales.days import DayRule
from gateway.sales.frames import FrameReader, Message, frame
from gateway.sales.opened import EXIT_DISK_FULL, EXIT_SUSPECT, Opened, Order, Tuning
from gateway.sales.replies import ClosedReply, Covered, DrawersReply, FiguresReply, OpenPeriodsReply, RecordedClosing
from gateway.sales.span import Span
from gateway.sales.spawning import Spawned, spawn

BUSY = "SALES_STORE_BUSY"

_log = structlog.get_logger(__name__)

FIRST_PAUSE_MS = 100
LONGEST_PAUSE_MS = 10_000

NEWS_EVERY_MS = 50
"""The child hears of a growing journal so often at most: it gathers ten times as long anyway, and to tell it of every commit would
stand on the way of the next sale."""


@dataclass(frozen=True, slots=True)
class SalesFiles:
    """The journal's file and the store's; both in the data folder."""

    journal: Path
    store: Path


class SalesStore:
    """Asks the sales store. Every question raises TryAgain (SALES_STORE_BUSY) when the child is not there or too slow.

    `through` is the journal sequence that an answer must at least cover; the reply tells exactly what it covers. `opened` is how the
    last child found the file. `child` is one that waits already.
    """

    def __init__(
        self,
        files: SalesFiles,
        rule: DayRule,
        *,
        tuning: Tuning | None = None,
        answer_within_ms: int = 60_000,
        child: Spawned | None = None,
    ) -> None:
        self.opened: Opened | None = None
        self._files = files
        self._rule = rule
        self._tuning = tuning or Tuning()
        self._answer_within_ms = answer_within_ms
        self._head = 0
        self._news: asyncio.TimerHandle | None = None
        self._asked = 0
        self._suspect = False
        self._disk_full = False
        self._failure = ""
        self._writer: asyncio.StreamWriter | None = None
        self._waiting_child = child
        self._child: asyncio.subprocess.Process | None = None
        self._pending: dict[int, asyncio.Future[Message]] = {}
        self._keeper: asyncio.Task[None] | None = None
        self._first: asyncio.Future[Opened] | None = None

    @property
    def child_id(self) -> int | None:
        """Process id of the running child."""
        return self._child.pid if self._child is not None else None

    async def start(self) -> Opened:
        """Starts the child and tells how it found the file: compare `ahead` with the journal before recording goes on.

        Raises TryAgain (SALES_STORE_BUSY) when the first child fails; further ones are tried in the background all the same.
        """
        self._first = asyncio.get_running_loop().create_future()
        self._keeper = asyncio.create_task(self._keep())
        return await self._first

    async def close(self) -> None:
        """Ends the child: it notices that this end of the socket is closed."""
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
            self._keeper = None
        if self._news is not None:
            self._news.cancel()
            self._news = None

    def head_moved(self, head: int) -> None:
        """Follows the journal (`Journal.follow`): the child fills in its own time."""
        self._head = head
        if self._news is None:
            self._news = asyncio.get_running_loop().call_later(NEWS_EVERY_MS / 1000, self._tell_head)

    def use(self, rule: DayRule) -> None:
        """Another time zone or shift of the business day, from each register's next period on."""
        if rule != self._rule:
            self._rule = rule
            self._tell(
                {
                    "ask": "day",
                    "time_zone": rule.time_zone,
                    "day_starts_at_minutes": rule.day_starts_at_minutes,
                }
            )

    async def figures(self, register_id: str | None, through: int) -> FiguresReply:
        """The open period of a register, or of all registers as one sum (X)."""
        return replies.figures_reply(await self._ask("open_figures", through, register_id=register_id))

    async def open_periods(self, register_id: str | None, through: int) -> OpenPeriodsReply:
        """The open periods with a receipt, each with its figures, by one reading of the sales."""
        return replies.open_periods_reply(await self._ask("open_periods", through, register_id=register_id))

    async def details(
        self, register_id: str, z_number: int, through: int
    ) -> tuple[SummaryColumns, tuple[ArticleFigure, ...]]:
        """What a period's closing keeps beside its figures: the packed columns, and every article sold by article number.

        Asked for one register at a time: of a large branch these are megabytes, and the event loop reads them.
        """
        return replies.details_reply(await self._ask("details", through, register_id=register_id, z_number=z_number))

    async def drawers(self, register_id: str | None, through: int) -> DrawersReply:
        """What should be in a register's drawer, or in each drawer of the branch."""
        return replies.drawers_reply(await self._ask("drawers", through, register_id=register_id))

    async def figures_of(self, periods: Sequence[tuple[str, int]], through: int) -> FiguresReply:
        """One sum over periods named by register and Z number, open or closed."""
        return replies.figures_reply(await self._ask("figures_of", through, periods=[list(name) for name in periods]))

    async def summaries(self, business_day: str | None, through: int) -> AsyncGenerator[Summary, None]:
        """Each register's periods of a business day (ISO 8601), or of every day (None), one after the other: a year is a lot of memory."""
        names = await self._ask("summary_names", through, business_day=business_day)
        for register_id, z_number in names["answer"]:
            reply = await self._ask("summary", through, register_id=register_id, z_number=z_number)
            summary = replies.summary(reply)
            if summary is not None:
                yield summary

    async def closings(
        self, register_id: str | None, limit: int, through: int, *, from_day: str = "", to_day: str = ""
    ) -> tuple[RecordedClosing, ...]:
        """Past closings, newest first; of business days (ISO 8601) from one to another, empty without a bound."""
        bounds = {"from_day": from_day, "to_day": to_day}
        return replies.closings(await self._ask("closings", through, register_id=register_id, limit=limit, **bounds))

    async def closed(
        self, register_id: str | None, through: int, *, from_day: str = "", to_day: str = "", span: Span = Span.WHOLE
    ) -> ClosedReply:
        """Sums over closed business days (ISO 8601, empty without a bound), from what their closings told: no line is read."""
        bounds = {"from_day": from_day, "to_day": to_day, "span": span.value}
        return replies.closed_reply(await self._ask("closed", through, register_id=register_id, **bounds))

    async def numbered(self, receipt_number: str, through: int) -> int | None:
        """Journal sequence of the newest receipt with this printed number, or None."""
        sequence: int | None = (await self._ask("numbered", through, receipt_number=receipt_number))["answer"]
        return sequence

    async def watermark(self) -> int:
        """Up to which journal sequence the store is filled."""
        return (await self.place()).through

    async def place(self) -> Covered:
        """Up to which journal entry the store is filled, with the chain hash that it knows of that entry."""
        return replies.covered(await self._ask("watermark", 0))

    async def _ask(self, question: str, through: int, **details: Any) -> Message:
        if self._writer is None or self.opened is None:
            raise _busy()
        self._asked += 1
        number = self._asked
        future: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._pending[number] = future
        try:
            self._tell({"id": number, "ask": question, "through": through, **details})
            async with asyncio.timeout(self._answer_within_ms / 1000):
                return await future
        except TimeoutError:
            raise _busy() from None
        finally:
            self._pending.pop(number, None)

    def _tell_head(self) -> None:
        self._news = None
        self._tell({"ask": "head", "head": self._head})

    def _tell(self, message: Message) -> None:
        if self._writer is not None:
            self._writer.write(frame(message))

    async def _keep(self) -> None:
        """Starts children for as long as the gateway runs."""
        pause_ms = FIRST_PAUSE_MS
        while True:
            lived = await self._live_once()
            if self._first is not None and not self._first.done():
                self._first.set_exception(_busy())
            pause_ms = FIRST_PAUSE_MS if lived else min(2 * pause_ms, LONGEST_PAUSE_MS)
            await asyncio.sleep(pause_ms / 1000)

    async def _live_once(self) -> bool:
        """One child from start to end; whether it came as far as opening the store."""
        spawned, self._waiting_child = self._waiting_child or await spawn(), None
        child = spawned.process
        reader, writer = await asyncio.open_connection(sock=spawned.socket)
        self._child, self._writer = child, writer
        self._tell(asdict(self._order()))
        try:
            frames = FrameReader()
            while data := await _received(reader):
                for message in frames.feed(data):
                    self._take(message)
            return self.opened is not None
        finally:
            self.opened = self._writer = None
            writer.close()
            for future in self._pending.values():
                if not future.done():
                    future.set_exception(_busy())
            status = await asyncio.shield(child.wait())
            self._suspect, self._disk_full = status == EXIT_SUSPECT, status == EXIT_DISK_FULL
            self._child = None

    def _order(self) -> Order:
        return Order(
            journal=str(self._files.journal),
            store=str(self._files.store),
            time_zone=self._rule.time_zone,
            day_starts_at_minutes=self._rule.day_starts_at_minutes,
            memory_limit_mb=self._tuning.memory_limit_mb,
            threads=self._tuning.threads,
            read_all=self._suspect,
            in_memory=self._disk_full,
        )

    def _take(self, message: Message) -> None:
        if "opened" in message:
            numbers = tuple(tuple(row) for row in message["opened"]["numbers"])
            self._child_opened(Opened(**{**message["opened"], "numbers": numbers}))
            return
        if "failed" in message:
            self._child_failed(message["failed"])
            return
        future = self._pending.get(message.get("id", 0))
        if future is not None and not future.done():
            future.set_result(message)

    def _child_opened(self, opened: Opened) -> None:
        self.opened = opened
        self._failure = ""
        if opened.set_aside:
            _log.warning("sales_store_set_aside", file=opened.set_aside, reason=opened.reason, ahead=opened.ahead)
        if self._first is not None and not self._first.done():
            self._first.set_result(opened)
        self._tell({"ask": "head", "head": self._head})

    def _child_failed(self, failure: str) -> None:
        """Once per kind of failure, however often it is tried again."""
        if failure != self._failure:
            self._failure = failure
            _log.warning("sales_store_failed", failure=failure)


async def _received(reader: asyncio.StreamReader) -> bytes:
    """What the child sent; nothing once it has ended, however abruptly."""
    try:
        return await reader.read(65536)
    except ConnectionResetError:
        return b""


def _busy() -> TryAgain:
    return TryAgain(BUSY, retry_after_ms=1_000)
