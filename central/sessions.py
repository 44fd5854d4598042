"""Sessions of gateways: central asks over the stream that the gateway keeps open, and each answer finds whoever asked.

One session per gateway: a second one of the same gateway ends the first, because after a broken line only the new one reaches anybody.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum

import structlog

from branchgate.errors import BranchgateError, Refused, RefusedKind, TryAgain
from branchgate.numbers import NumberRange

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a gateway tells about itself: software version, its journal (16 bytes) and where registers reach its pairing port.

    `recall_wanted`: its journal was lost or shortened, and it asks what central knows of its registers.
    """

    version: str
    journal_id: bytes
    journal_sequence: int
    pairing_address: str
    recall_wanted: bool = False


class PairingStage(IntEnum):
    """Stages of a pairing; the numbers are those of the contract."""

    CODE = 1
    WRONG_TRY = 2
    GRANTED = 3
    COMPLETED = 4
    ENDED = 5


@dataclass(frozen=True, slots=True)
class PairingStep:
    """A step of a pairing as it happens at the gateway. The code is a secret: it is shown, never logged and never stored."""

    request_id: str
    stage: int
    code: str = ""
    pairing_address: str = ""
    server_key_sha256: bytes = b""
    lives_ms: int = 0
    text_de: str = ""
    text_en: str = ""

    def __repr__(self) -> str:
        return f"PairingStep({self.request_id}, stage {self.stage})"


@dataclass(frozen=True, slots=True)
class RequestRefused:
    """The gateway cannot do what was asked."""

    request_id: str
    reason: str
    text_de: str
    text_en: str


@dataclass(frozen=True, slots=True)
class SummariesStored:
    """Summaries that were asked for have arrived and are on disk."""

    request_id: str
    count: int


@dataclass(frozen=True, slots=True)
class RequestDone:
    """The gateway has done what was asked."""

    request_id: str


Answer = PairingStep | RequestRefused | SummariesStored | RequestDone


@dataclass(frozen=True, slots=True)
class StartPairing:
    """Asks for an authorization code for a register."""

    request_id: str
    register_id: str
    register_name: str
    number_range: NumberRange


@dataclass(frozen=True, slots=True)
class RequestSummaries:
    """Asks for the summaries of a business day (ISO 8601); empty: of every day."""

    request_id: str
    business_day: str


Request = StartPairing | RequestSummaries


class Session:
    """One gateway's open session."""

    def __init__(self, branch_id: str, greeting: Greeting) -> None:
        self.branch_id = branch_id
        self.greeting = greeting
        self._requests: asyncio.Queue[Request | None] = asyncio.Queue()
        self._asking: dict[str, asyncio.Queue[Answer | None]] = {}
        self._end: BranchgateError | None = None

    async def requests(self) -> AsyncIterator[Request]:
        """What the gateway is asked, until the session ends. Raises why it was ended."""
        while (request := await self._requests.get()) is not None:
            yield request
        if self._end is not None:
            raise self._end

    @contextmanager
    def asking(self, request: Request) -> Iterator[AsyncIterator[Answer]]:
        """Asks the gateway; inside the block its answers come one by one, the last one being done or refused.

        The answers end early with TryAgain (GATEWAY_LOST) when the session ends first.
        """
        answers: asyncio.Queue[Answer | None] = asyncio.Queue()
        if self._end is not None:
            answers.put_nowait(None)
        self._asking[request.request_id] = answers
        self._requests.put_nowait(request)
        try:
            yield self._answers(answers)
        finally:
            del self._asking[request.request_id]

    def answered(self, answer: Answer) -> None:
        """An answer has come in; one that nobody waits for any more is let go."""
        waiting = self._asking.get(answer.request_id)
        if waiting is not None:
            waiting.put_nowait(answer)

    def is_asked(self, request_id: str) -> bool:
        """Whether somebody waits for the answer to this request."""
        return request_id in self._asking

    def end(self, reason: BranchgateError | None = None) -> None:
        """Ends the session, once; whoever waits for an answer is told."""
        if self._end is not None:
            return
        self._end = reason or TryAgain("GATEWAY_LOST", field="branch_id", value=self.branch_id)
        self._requests.put_nowait(None)
        for waiting in self._asking.values():
            waiting.put_nowait(None)

    async def _answers(self, answers: asyncio.Queue[Answer | None]) -> AsyncIterator[Answer]:
        while (answer := await answers.get()) is not None:
            yield answer
            if isinstance(answer, RequestDone | RequestRefused):
                return
        raise TryAgain("GATEWAY_LOST", field="branch_id", value=self.branch_id, rule="its session ended")


class Sessions:
    """The open sessions, by branch."""

    def __init__(self) -> None:
        self._open: dict[str, Session] = {}
        self._closing = False

    @property
    def connected(self) -> tuple[str, ...]:
        """Branches whose gateway has a session, by id."""
        return tuple(sorted(self._open))

    @contextmanager
    def opened(self, branch_id: str, greeting: Greeting) -> Iterator[Session]:
        """A gateway's session for as long as its stream lives; ends the one it had before."""
        if self._closing:
            raise TryAgain("CLOSING_DOWN")
        session = Session(branch_id, greeting)
        former = self._open.get(branch_id)
        self._open[branch_id] = session
        if former is not None:
            former.end(
                Refused(
                    "SESSION_REPLACED",
                    field="branch_id",
                    value=branch_id,
                    rule="one session per gateway",
                    kind=RefusedKind.NOT_NOW,
                )
            )
        _log.info("gateway_connected", branch=branch_id, version=greeting.version, replaced=former is not None)
        try:
            yield session
        finally:
            session.end()
            if self._open.get(branch_id) is session:
                del self._open[branch_id]
                _log.info("gateway_disconnected", branch=branch_id)

    def of(self, branch_id: str) -> Session:
        """The session of a branch. Raises TryAgain (GATEWAY_NOT_CONNECTED)."""
        session = self._open.get(branch_id)
        if session is None:
            raise TryAgain(
                "GATEWAY_NOT_CONNECTED", field="branch_id", value=branch_id, rule="its gateway must be online"
            )
        return session

    def close(self) -> None:
        """Ends every session, now and from now on."""
        self._closing = True
        for session in list(self._open.values()):
            session.end(TryAgain("CLOSING_DOWN"))
