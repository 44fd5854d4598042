"""The client library's front door: a register that sells whether or not its gateway can be reached.

async with RegisterClient(Path("till-1")) as register:
    article = register.catalogue.by_gtin("4006381333931")[0]
    happened = await register.record(lambda number, running: ...)   # on disk when this returns
    await register.until(lambda state: state.pending == 0)
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import grpc.aio
import structlog

from branchgate.clock import Clock, SystemClock
from branchgate.errors import BranchgateError
from branchgate.events import Event, EventKind
from branchgate.folder import DataFolder
from branchgate.receipts.model import Receipt
from branchgate.register.calls import GatewayCalls
from branchgate.register.catalogue import RegisterCatalogue
from branchgate.register.identity import Identity, load_identity
from branchgate.register.link import RecordLink
from branchgate.register.outbox import Happened, Outbox
from branchgate.register.pairing import renew_if_due
from branchgate.sync import Follower, SyncClient
from branchgate.sync.service import SyncStubCall
from branchgate.sync.timing import Backoff

_log = structlog.get_logger(__name__)

RENEWAL_CHECK_S = 6 * 60 * 60
LAN_BACKOFF_CAP_MS = 5_000
"""The gateway stands in the same shop: longer pauses would only keep receipts waiting."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RegisterState:
    """What a till may show of its register at any moment.

    `pending`: events the gateway has not settled; `held`: events kept until central has them; `refused`: events that need a person.
    `articles` in the local catalogue; `catalogue_current_at_ms`: when it was last known complete (UTC ms), None if not in this run.
    """

    connected: bool
    failure: BranchgateError | None
    pending: int
    held: int
    refused: int
    settled_sequence: int
    central_sequence: int
    articles: int
    catalogue_current_at_ms: int | None


class RegisterClient:
    """One register in one data folder. Raises Refused (NOT_PAIRED, FOLDER_IN_USE) when entered."""

    def __init__(self, folder: Path, *, clock: Clock | None = None) -> None:
        self._path = folder
        self._clock = clock or SystemClock()
        self._state_changed = asyncio.Condition()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._folder = DataFolder(self._path)
        try:
            self.identity: Identity = load_identity(self._path)
            self._open()
        except BaseException:
            self._folder.release()
            raise
        await self._refresh()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._channel.close()
        for thread in (self._outbox_thread, self._catalogue_thread):
            await asyncio.to_thread(thread.shutdown)
        self._outbox.close()
        self._filling.close()
        self.catalogue.close()
        self._folder.release()

    @property
    def state(self) -> RegisterState:
        """How the register stands now."""
        follow = self._follower.state
        return RegisterState(
            connected=self._link.connected,
            failure=self._link.failure,
            pending=self._counts.pending,
            held=self._counts.held,
            refused=self._counts.refused,
            settled_sequence=self._link.settled_sequence,
            central_sequence=self._link.central_sequence,
            articles=self.catalogue.article_count(),
            catalogue_current_at_ms=follow.current_at_ms,
        )

    async def record(self, build: Callable[[str, int], Receipt], *, print_role: str = "receipt") -> Happened:
        """Records a receipt; it has happened when this returns. `build` gets the receipt number and its running integer.

        Raises what `build` raises, and TryAgain (DISK_FULL): then nothing happened and no number is used.
        """
        happened = await self._with_outbox(lambda outbox: outbox.add_receipt(build, print_role=print_role))
        await self._handed_in()
        return happened

    async def record_event(self, kind: EventKind, body: bytes) -> Event:
        """Records an event that is no receipt."""
        event = await self._with_outbox(lambda outbox: outbox.add(kind, body))
        await self._handed_in()
        return event

    async def until(self, holds: Callable[[RegisterState], bool], *, within_s: float | None = None) -> RegisterState:
        """Waits until the register's state is as wanted. Raises TimeoutError."""
        async with asyncio.timeout(within_s), self._state_changed:
            await self._state_changed.wait_for(lambda: holds(self.state))
            return self.state

    async def is_settled(self, event_id: bytes) -> bool:
        """True once the gateway has settled an event of this register."""
        return await self._with_outbox(lambda outbox: outbox.is_settled(event_id))

    async def inspect(self, look: Callable[[Outbox], T]) -> T:
        """Looks into the outbox, for example at findings and refused events."""
        return await self._with_outbox(look)

    def _open(self) -> None:
        identity = self.identity
        self._outbox_thread = ThreadPoolExecutor(1, "outbox")
        self._catalogue_thread = ThreadPoolExecutor(1, "catalogue")
        self._outbox = Outbox(
            self._path / "outbox.db",
            identity.number_range,
            self._clock,
            first_running_number=max(1, identity.next_running_number),
        )
        self._counts = self._outbox.counts()
        self._filling = RegisterCatalogue(self._path / "catalogue.db")
        self.catalogue = RegisterCatalogue(self._path / "catalogue.db")
        self._channel = identity.open_channel()
        self.gateway = GatewayCalls(lambda: self._channel, identity.register_id)
        backoff = Backoff(random.random, base_ms=250, cap_ms=LAN_BACKOFF_CAP_MS)
        self._link = RecordLink(self._with_outbox, self._dial, self._clock, backoff, self._news)
        self._follower = Follower(
            lambda: SyncStubCall(self._channel),
            lambda: SyncClient(self._filling.sink),
            self._with_catalogue,
            Backoff(random.random, base_ms=250, cap_ms=LAN_BACKOFF_CAP_MS),
            changed=lambda _state: self._news(),
        )
        self._dirty = asyncio.Event()
        work = (self._link.run(), self._follower.run(), self._refresh_on_news(), self._keep_certificate())
        self._tasks = [asyncio.create_task(task) for task in work]

    async def _dial(self) -> grpc.aio.Channel:
        return self.identity.open_channel()

    async def _handed_in(self) -> None:
        self._link.wake()
        await self._refresh()

    def _news(self) -> None:
        self._dirty.set()

    async def _refresh_on_news(self) -> None:
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            await self._refresh()

    async def _refresh(self) -> None:
        self._counts = await self._with_outbox(lambda outbox: outbox.counts())
        async with self._state_changed:
            self._state_changed.notify_all()

    async def _keep_certificate(self) -> None:
        while True:
            try:
                renewed = await renew_if_due(Identity.open_channel, self.identity, self._path, self._clock.now_ms())
            except BranchgateError as failure:
                _log.warning("certificate_not_renewed", reason=failure.reason)
            else:
                if renewed is not self.identity:
                    await self._take_over(renewed)
            await asyncio.sleep(RENEWAL_CHECK_S)

    async def _take_over(self, renewed: Identity) -> None:
        """A client certificate cannot be exchanged in an open channel: a new one takes over, calls on the old one may end."""
        old = self._channel
        self.identity = renewed
        self._channel = renewed.open_channel()
        await old.close(grace=10)

    async def _with_outbox(self, work: Callable[[Outbox], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._outbox_thread, work, self._outbox)

    async def _with_catalogue(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._catalogue_thread, work)
