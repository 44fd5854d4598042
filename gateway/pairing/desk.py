"""The pairing desk: an operator's order becomes a code, a register's attempt becomes a certificate.

The rules of codes and proofs are in `branchgate.pairing.session`; here are clock, CA, store, audit and the operator who watches.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass

from branchgate.clock import Clock
from branchgate.errors import BranchgateError, Refused, RefusedKind, TryAgain
from branchgate.identity.names import RegisterName
from branchgate.numbers import NumberRange
from branchgate.pairing.code import AuthorizationCode, new_code
from branchgate.pairing.proof import StretchedCode, stretched
from branchgate.pairing.session import CODE_LIVES_MS, Attempt, NotAccepted, OpenCodes, Proven, TooManyFailures
from gateway.pairing.audit import Change, IdentityAudit
from gateway.pairing.authority import BranchAuthority
from gateway.pairing.registers import PairedRegister, PairedRegisters
from gateway.pairing.steps import Listener, Stage, Step


@dataclass(frozen=True, slots=True)
class PairingOrder:
    """Which register an operator wants to pair, and the numbers it is to print."""

    register_id: str
    register_name: str
    number_range: NumberRange
    next_running_number: int = 1


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where registers reach the gateway: host:port of the pairing port, port of the services."""

    pairing: str
    service_port: int


@dataclass(frozen=True, slots=True)
class Grant:
    """What a register gets. `ticket` names this pairing until the register has confirmed."""

    ticket: int
    order: PairingOrder
    chain_pem: bytes
    root_pem: bytes
    proof: bytes
    branch_id: str
    gateway_name: str
    service_port: int
    next_running_number: int


@dataclass(frozen=True, slots=True)
class _Watched:
    order: PairingOrder
    listener: Listener

    def tell(self, stage: Stage, reason: str) -> None:
        self.listener(Step(stage, reason, self.order.register_id))


class PairingDesk:
    """Owns the open codes. All methods are called in the event loop."""

    def __init__(
        self,
        authority: BranchAuthority,
        registers: PairedRegisters,
        audit: IdentityAudit,
        clock: Clock,
        addresses: Addresses,
        *,
        stretch: Callable[[AuthorizationCode], StretchedCode] = stretched,
    ) -> None:
        self._authority = authority
        self._registers = registers
        self._audit = audit
        self._clock = clock
        self._addresses = addresses
        self._stretch = stretch
        self._codes = OpenCodes()
        self._making_a_code = asyncio.Lock()
        self._open: dict[str, _Watched] = {}
        self._granted: dict[int, _Watched] = {}
        self._tickets = itertools.count(1)
        self._burial: asyncio.TimerHandle | None = None

    async def start(self, order: PairingOrder, listener: Listener) -> None:
        """Makes a code for a register and tells it and every further step to the listener.

        A code that the register already had ends. Raises Refused (INVALID_ID, NAME_RESERVED).
        """
        RegisterName(self._authority.identity.name.branch, order.register_id)
        async with self._making_a_code:
            code = new_code(self._codes.code_ids)
            key = await asyncio.to_thread(self._stretch, code)
        self._end(order.register_id, "PAIRING_CODE_REPLACED")
        self._codes.open(order.register_id, code, key, self._clock.monotonic_ms())
        self._open[order.register_id] = _Watched(order, listener)
        self._await_next_death()
        listener(
            Step(
                Stage.CODE,
                "PAIRING_CODE_SHOWN",
                order.register_id,
                code=code.text,
                pairing_address=self._addresses.pairing,
                server_key_sha256=self._authority.server.key_sha256,
                lives_ms=CODE_LIVES_MS,
            )
        )

    def withdraw(self, register_id: str) -> None:
        """Ends a register's open code, because the operator closed the dialog; does nothing when there is none."""
        self._end(register_id, "PAIRING_WITHDRAWN")

    async def pair(self, attempt: Attempt) -> Grant:
        """Judges an attempt and, if it proves a code, issues the register's certificate.

        Raises Refused (PAIRING_CODE_NOT_ACCEPTED, alike for unknown, expired and wrong codes; CSR_INVALID, ISSUER_CLOCK_BEHIND, CA_EXPIRED) or
        TryAgain (PAIRING_TOO_MANY_FAILURES, DISK_FULL). A code that was proved is burnt even when issuing then fails.
        """
        outcome = self._codes.attempt(attempt, self._authority.server.key_sha256, self._clock.monotonic_ms())
        match outcome:
            case TooManyFailures(retry_after_ms):
                raise TryAgain("PAIRING_TOO_MANY_FAILURES", retry_after_ms=retry_after_ms)
            case NotAccepted():
                await self._refuse(outcome)
                raise Refused("PAIRING_CODE_NOT_ACCEPTED", field="code", kind=RefusedKind.NOT_ALLOWED)
            case Proven(register_id, key):
                watched = self._open.pop(register_id)
                try:
                    return await self._grant(watched, attempt, key)
                except BranchgateError as failure:
                    watched.tell(Stage.ENDED, failure.reason)
                    raise

    def completed(self, grant: Grant) -> None:
        """The register has stored everything."""
        watched = self._granted.pop(grant.ticket, None)
        if watched is not None:
            watched.tell(Stage.COMPLETED, "PAIRING_COMPLETED")

    def abandoned(self, grant: Grant) -> None:
        """The register's stream has ended; tells the operator, unless it had been completed."""
        watched = self._granted.pop(grant.ticket, None)
        if watched is not None:
            watched.tell(Stage.ENDED, "PAIRING_NOT_CONFIRMED")

    def bury_expired(self) -> None:
        """Ends the codes that have outlived their time. The desk does so by itself."""
        for register_id in self._codes.bury(self._clock.monotonic_ms()):
            self._open.pop(register_id).tell(Stage.ENDED, "PAIRING_CODE_EXPIRED")
        self._await_next_death()

    def close(self) -> None:
        """Ends every open code, because the gateway stops."""
        for register_id in list(self._open):
            self._end(register_id, "CLOSING_DOWN")
        self._await_next_death()

    async def _grant(self, watched: _Watched, attempt: Attempt, key: StretchedCode) -> Grant:
        order, identity = watched.order, self._authority.identity
        issued = self._authority.issue_register(attempt.csr_der, order.register_id)
        await self._audit.note(Change.PAIRED, order.register_id, issued.key_sha256)
        register = PairedRegister(
            order.register_id, order.register_name, order.number_range, issued.key_sha256, self._clock.now_ms()
        )
        next_running_number = await self._registers.paired(register, numbers_from=order.next_running_number)
        ticket = next(self._tickets)
        self._granted[ticket] = watched
        watched.tell(Stage.GRANTED, "PAIRING_GRANTED")
        return Grant(
            ticket,
            order,
            issued.chain_pem,
            identity.root_pem,
            key.gateway_proof(
                self._authority.server.key_sha256,
                attempt.csr_der,
                attempt.nonce,
                issued.chain_pem,
                identity.root_pem,
            ),
            identity.branch_id,
            identity.name.dns,
            self._addresses.service_port,
            next_running_number,
        )

    async def _refuse(self, outcome: NotAccepted) -> None:
        if outcome.register_id is not None:
            watched = self._open[outcome.register_id]
            if outcome.code_died:
                del self._open[outcome.register_id]
                watched.tell(Stage.ENDED, "PAIRING_TOO_MANY_TRIES")
            else:
                watched.tell(Stage.WRONG_TRY, "PAIRING_WRONG_TRY")
        await self._audit.note(Change.ATTEMPT_REFUSED, outcome.register_id or "")

    def _end(self, register_id: str, reason: str) -> None:
        self._codes.close(register_id)
        watched = self._open.pop(register_id, None)
        if watched is not None:
            watched.tell(Stage.ENDED, reason)

    def _await_next_death(self) -> None:
        if self._burial is not None:
            self._burial.cancel()
            self._burial = None
        due_ms = self._codes.next_death_ms
        if due_ms is not None:
            # A moment more than due: two monotonic clocks round differently, and an early call would find nobody dead.
            wait_s = max(0, due_ms - self._clock.monotonic_ms()) / 1000 + 0.05
            self._burial = asyncio.get_running_loop().call_later(wait_s, self.bury_expired)
