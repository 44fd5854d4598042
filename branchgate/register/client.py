"""The client library's front door: a register that sells whether or not its gateway can be reached.

async with RegisterClient(Path("till-1")) as register:
    article = register.catalogue.by_gtin("4006381333931")[0]
    happened = await register.record(lambda number, running: ...)   # on disk when this returns
    await register.until(lambda state: state.pending == 0)
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import grpc
import grpc.aio
import structlog

from branchgate.clock import Clock, SystemClock
from branchgate.errors import BranchgateError, TryAgain
from branchgate.events import Event, EventKind
from branchgate.folder import DataFolder
from branchgate.receipts.model import Receipt
from branchgate.register.calls import CLOSING_WITHIN_S, GatewayCalls
from branchgate.register.catalogue import RegisterCatalogue
from branchgate.register.held import Happened
from branchgate.register.identity import Identity, load_identity
from branchgate.register.link import RecordLink
from branchgate.register.outbox import Outbox
from branchgate.register.pairing import renew_if_due
from branchgate.register.shelf import Shelf
from branchgate.register.signing import Signer, Signing
from branchgate.sync import Follower, SyncClient
from branchgate.sync.damaged import open_or_begin_again
from branchgate.sync.service import SyncStubCall
from branchgate.sync.timing import Backoff

_log = structlog.get_logger(__name__)

RENEWAL_CHECK_S = 6 * 60 * 60
FIRST_GREETING_WITHIN_S = 10
"""How long the first sale of a new outbox waits for the gateway to tell where the register's numbers go on."""

OpenChannel = Callable[[Identity], grpc.aio.Channel]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RegisterState:
    """What a till may show of its register at any moment.

    `numbers_known`: the gateway has greeted at least once in this outbox's life; until then nothing can be sold. `pending`: events the
    gateway has not settled; `held`: events kept until central has them; `refused`: events that need a person. `articles` in the local
    catalogue; `catalogue_current_at_ms`: when it was last known complete (UTC ms), None if not in this run. `numbers_left`: receipts
    that can still be numbered; `numbers_run_low`: 95 % of the register's numbers are used, have central assign a new range.
    """

    connected: bool
    failure: BranchgateError | None
    numbers_known: bool
    pending: int
    held: int
    refused: int
    settled_sequence: int
    central_sequence: int
    articles: int
    catalogue_current_at_ms: int | None
    numbers_left: int
    numbers_run_low: bool


class RegisterClient:
    """One register in one data folder. Raises Refused (NOT_PAIRED, FOLDER_IN_USE, OUTBOX_OF_OTHER_REGISTER) when entered.

    `signer` speaks to the register's TSE; without one every receipt says that there is none.
    """

    identity: Identity
    catalogue: RegisterCatalogue
    gateway: GatewayCalls

    def __init__(
        self,
        folder: Path,
        *,
        clock: Clock | None = None,
        open_channel: OpenChannel = Identity.open_channel,
        signer: Signer | None = None,
    ) -> None:
        self._path = folder
        self._clock = clock or SystemClock()
        self._signing = None if signer is None else Signing(signer, self._with_outbox, self.record_event, self._clock)
        self._open_channel = open_channel
        self._state_changed = asyncio.Event()
        self._news = asyncio.Event()
        self._defect: BaseException | None = None
        self._warned_of_numbers = False

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as opened:
            opened.enter_context(DataFolder(self._path))
            self.identity = load_identity(self._path)
            self._open_stores(opened)
            self._open_line(opened)
            if self._signing is not None:
                await self._signing.settle_interrupted()
            await self._refresh()
            self._start(opened)
            self._opened = opened.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._opened.aclose()
        if error is None and self._defect is not None:
            raise self._defect

    @property
    def state(self) -> RegisterState:
        """How the register stands now."""
        return RegisterState(
            connected=self._link.connected,
            failure=self._link.failure,
            numbers_known=self._counts.numbers_known,
            pending=self._counts.pending,
            held=self._counts.held,
            refused=self._counts.refused,
            settled_sequence=self._link.settled_sequence,
            central_sequence=self._link.central_sequence,
            articles=self._shelf.article_count(),
            catalogue_current_at_ms=self._follower.state.current_at_ms,
            numbers_left=self._counts.numbers_left,
            numbers_run_low=self.identity.number_range.runs_low_with(self._counts.numbers_left),
        )

    async def record(self, build: Callable[[str, int], Receipt], *, print_role: str = "receipt") -> Happened:
        """Records a receipt; it has happened when this returns. `build` gets the receipt number and its running integer.

        With a TSE it is built once before, without a number, and signed; what it says of the TSE comes from there.
        Raises what `build` raises, TryAgain: DISK_FULL, or NUMBERS_UNKNOWN while a new outbox has not heard from the gateway, and Refused
        (NUMBER_RANGE_EXHAUSTED) behind the last number of the register's own part. Then nothing happened and no number is used.
        """
        await self._numbers_known()
        if self._signing is None:
            happened = await self._with_outbox(lambda outbox: outbox.add_receipt(build, print_role=print_role))
        else:
            happened = await self._signing.add_receipt(build, print_role)
        await self._handed_in()
        return happened

    async def record_event(self, kind: EventKind, body: bytes) -> Event:
        """Records an event that is no receipt. Raises TryAgain like `record`."""
        await self._numbers_known()
        event = await self._with_outbox(lambda outbox: outbox.add(kind, body))
        await self._handed_in()
        return event

    async def until(self, holds: Callable[[RegisterState], bool], *, within_s: float | None = None) -> RegisterState:
        """Waits until the register's state is as wanted. Raises TimeoutError, and the defect that ended the line to the gateway."""
        async with asyncio.timeout(within_s):
            while self._defect is None and not holds(self.state):
                await self._state_changed.wait()
        if self._defect is not None:
            raise self._defect
        return self.state

    async def is_settled(self, event_id: bytes) -> bool:
        """True once the gateway has settled an event of this register."""
        return await self._with_outbox(lambda outbox: outbox.is_settled(event_id))

    async def inspect(self, look: Callable[[Outbox], T]) -> T:
        """Looks into the outbox, for example at findings and refused events."""
        return await self._with_outbox(look)

    def category_name(self, category_key: str) -> str:
        """The name of a category of the catalogue; empty if there is no such category."""
        return self._shelf.category_name(category_key)

    def _open_stores(self, opened: AsyncExitStack) -> None:
        identity = self.identity
        self._outbox_thread = ThreadPoolExecutor(1, "outbox")
        self._catalogue_thread = ThreadPoolExecutor(1, "catalogue")
        self._outbox = Outbox(
            self._path / "outbox.db",
            f"{identity.branch_id}/{identity.register_id}",
            identity.number_range,
            self._clock,
            first_running_number=max(1, identity.next_running_number),
        )
        opened.callback(self._outbox.close)
        self._filling = open_or_begin_again(self._path / "catalogue.db", RegisterCatalogue, self._clock)
        opened.callback(self._filling.close)
        self.catalogue = RegisterCatalogue(self._path / "catalogue.db")
        opened.callback(self.catalogue.close)
        self._shelf = Shelf(self.catalogue)
        for thread in (self._outbox_thread, self._catalogue_thread):
            opened.push_async_callback(asyncio.to_thread, thread.shutdown)

    def _open_line(self, opened: AsyncExitStack) -> None:
        self._channel = self._dial()
        opened.push_async_callback(self._close_channel)
        self.gateway = GatewayCalls(lambda: self._channel, self.identity.register_id)
        self._link = RecordLink(
            self._with_outbox,
            self._dial,
            self._clock,
            # The gateway stands in the same shop: longer pauses would only keep receipts waiting.
            redialling=Backoff(random.random, base_ms=250, cap_ms=5_000),
            asking=Backoff(random.random, base_ms=250, cap_ms=15_000),
            changed=self._news.set,
        )
        self._follower = Follower(
            lambda: SyncStubCall(self._channel),
            lambda: SyncClient(self._filling.sink),
            self._with_catalogue,
            Backoff(random.random, base_ms=250, cap_ms=5_000),
            changed=lambda _state: self._news.set(),
        )

    def _start(self, opened: AsyncExitStack) -> None:
        work = (self._link.run(), self._follower.run(), self._follow_news(), self._keep_certificate())
        tasks = [self._started(each) for each in work]
        opened.push_async_callback(_ended, tasks)

    def _started(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        task.add_done_callback(self._note_end)
        return task

    def _note_end(self, task: asyncio.Task[None]) -> None:
        """These tasks end by cancellation only; what ends one otherwise is a defect, which selling survives but waiting must not."""
        if not task.cancelled() and task.exception() is not None:
            self._defect = task.exception()
            _log.error("register_task_failed", exc_info=self._defect)
            self._tell()

    def _dial(self) -> grpc.aio.Channel:
        return self._open_channel(self.identity)

    async def _close_channel(self) -> None:
        await self._channel.close()

    async def _numbers_known(self) -> None:
        if self._counts.numbers_known:
            return
        try:
            await self.until(lambda state: state.numbers_known, within_s=FIRST_GREETING_WITHIN_S)
        except TimeoutError as silent:
            raise TryAgain("NUMBERS_UNKNOWN", field="gateway", rule="greets a new register once") from silent

    async def _handed_in(self) -> None:
        self._link.wake()
        await self._refresh()

    async def _follow_news(self) -> None:
        was_connected = False
        while True:
            await self._news.wait()
            self._news.clear()
            if self._link.connected and not was_connected:
                await self._way_is_open()
            was_connected = self._link.connected
            await self._refresh()

    async def _way_is_open(self) -> None:
        """A channel that has failed may go on pausing for half a minute after the gateway is back; another one does not."""
        if self._channel.get_state() is grpc.ChannelConnectivity.TRANSIENT_FAILURE:
            failed, self._channel = self._channel, self._dial()
            await failed.close()
        self._follower.hurry()

    async def _refresh(self) -> None:
        self._counts = await self._with_outbox(lambda outbox: outbox.counts())
        self._warn_of_numbers()
        self._tell()

    def _warn_of_numbers(self) -> None:
        low = self.identity.number_range.runs_low_with(self._counts.numbers_left)
        if low and not self._warned_of_numbers:
            self._warned_of_numbers = True
            _log.warning("numbers_run_low", left=self._counts.numbers_left)

    def _tell(self) -> None:
        """Wakes everybody who waits for a change; each looks for himself whether it is his."""
        self._state_changed.set()
        self._state_changed = asyncio.Event()

    async def _keep_certificate(self) -> None:
        while True:
            try:
                renewed = await renew_if_due(self._open_channel, self.identity, self._path, self._clock.now_ms())
            except BranchgateError as failure:
                _log.warning("certificate_not_renewed", reason=failure.reason)
            else:
                if renewed is not self.identity:
                    await self._take_over(renewed)
            await asyncio.sleep(RENEWAL_CHECK_S)

    async def _take_over(self, renewed: Identity) -> None:
        """A client certificate cannot be exchanged in an open channel: a new one takes over, calls on the old one may end."""
        self.identity = renewed
        old, self._channel = self._channel, self._dial()
        self._link.dial_again()
        await old.close(grace=CLOSING_WITHIN_S)

    async def _with_outbox(self, work: Callable[[Outbox], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._outbox_thread, work, self._outbox)

    async def _with_catalogue(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._catalogue_thread, work)
        finally:
            self._shelf.changed()


async def _ended(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
