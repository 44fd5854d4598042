"""A register's TSE: every receipt is signed before it is recorded, and an outage never stops a sale.

Who speaks to a TSE is a `Signer`. When it fails or is silent for too long, the receipt says so with the reason and since when (AEAO to
§ 146a, 1.14), and the next receipt simply tries again: recovery needs nobody. What is to be known of the TSE is sent as an event of its
own, before the first receipt it signed and whenever it changes.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

import structlog

from branchgate.clock import Clock
from branchgate.errors import BranchgateError, Refused, TryAgain
from branchgate.events import EventKind
from branchgate.receipts.basket import Header, abandoned
from branchgate.receipts.limits import require_possible
from branchgate.receipts.model import Receipt, TseSignature
from branchgate.tse import Process, TseMasterData, encode_master_data, process_of

if TYPE_CHECKING:
    from branchgate.register.held import Happened
    from branchgate.register.outbox import Outbox

_log = structlog.get_logger(__name__)

SIGN_WITHIN_S: Final = 5.0
"""How long a sale waits for a TSE that worked so far; hardware takes a quarter of a second."""
AGAIN_WITHIN_S: Final = 1.0
"""How long a sale waits for a TSE that is out already."""
LONGEST_FAILURE: Final = 200
"""Characters of TSE_TA_FEHLER."""

OUTAGE_NOTE: Final = "tse_outage_since"
TSE_NOTE: Final = "tse_master_data"
SERIAL_NOTE: Final = "tse_serial"
"""What the outbox keeps: since when the TSE has been out (0: it works), the digest of the master data that were sent, and whose they are."""


class Signer(Protocol):
    """What speaks to a register's TSE. Whatever it raises is an outage: a `BranchgateError` tells the reason by its `rule`."""

    async def sign(self, receipt: Receipt) -> TseSignature:
        """Signs a receipt whose number is not given yet: `branchgate.tse.process_of` tells what. May be cancelled when it takes long."""

    async def master_data(self) -> TseMasterData:
        """What is to be known of the TSE that signs."""


Build = Callable[[str, int], Receipt]
T = TypeVar("T")


class WithOutbox(Protocol):
    """Work on the outbox, done in the one thread that has it."""

    async def __call__(self, work: Callable[[Outbox], T], /) -> T: ...


class Signing:
    """Signs one receipt after the other. `record` takes a TSE event into the outbox, which also keeps since when the TSE has been out."""

    def __init__(
        self,
        signer: Signer,
        with_outbox: WithOutbox,
        record: Callable[[EventKind, bytes], Awaitable[object]],
        clock: Clock,
        *,
        within_s: float = SIGN_WITHIN_S,
        again_within_s: float = AGAIN_WITHIN_S,
    ) -> None:
        self._signer, self._with_outbox, self._record, self._clock = signer, with_outbox, record, clock
        self._within_s, self._again_within_s = within_s, again_within_s
        self._one_at_a_time = asyncio.Lock()
        self._told_key = ""

    async def add_receipt(self, build: Build, print_role: str) -> Happened:
        """Signs a receipt and takes it into the outbox. Raises what `build` and `Outbox.add_receipt` raise; unsigned where they can tell before."""
        draft = build("", 0)
        require_possible(draft)
        async with self._one_at_a_time:
            await self._settle_interrupted()
            await self._with_outbox(lambda outbox: outbox.begin_signing(draft))
            signature = await self._signed(draft)
            return await self._with_outbox(
                lambda outbox: outbox.add_receipt(
                    lambda number, running: replace(build(number, running), tse=signature), print_role=print_role
                )
            )

    async def settle_interrupted(self) -> None:
        """Records what was being signed when the register broke down: the TSE may have signed it, and nobody may wonder about its number.

        Nothing was handed out of it, so it counts as abandoned. Where that cannot be recorded now, the next receipt tries again.
        """
        async with self._one_at_a_time:
            try:
                await self._settle_interrupted()
            except BranchgateError as failure:
                _log.warning("tse_receipt_not_settled", reason=failure.reason)

    async def _settle_interrupted(self) -> None:
        draft = await self._with_outbox(lambda outbox: outbox.being_signed())
        if draft is None:
            return
        _log.warning("tse_receipt_interrupted", total_cents=draft.total_cents)
        process = _process(draft)
        since_ms = draft.finished_at_ms
        tse = replace(_UNSIGNED, process_type=process.type, process_data=process.data, outage_since_ms=since_ms)
        await self._with_outbox(
            lambda outbox: outbox.add_receipt(
                lambda number, running: abandoned(_header_of(draft, number, running), draft.lines, tse=tse)
            )
        )

    async def _signed(self, receipt: Receipt) -> TseSignature:
        """What the TSE says of the receipt, or that it is out, why and since when."""
        since_ms = await self._with_outbox(lambda outbox: outbox.noted(OUTAGE_NOTE))
        out_since_ms = since_ms if isinstance(since_ms, int) else 0
        within_s = self._again_within_s if out_since_ms else self._within_s
        try:
            signature = await self._signature(receipt, within_s)
        except Exception as failure:  # noqa: BLE001 (whatever a TSE or its driver does, the sale goes on and the receipt tells)
            return await self._outage(receipt, _reason(failure), out_since_ms)
        if out_since_ms:
            _log.info("tse_back", out_since_ms=out_since_ms)
            await self._note_outage(0)
        if signature.public_key != self._told_key:
            await self._tell_of(signature)
        return signature

    async def _signature(self, receipt: Receipt, within_s: float) -> TseSignature:
        try:
            async with asyncio.timeout(within_s):
                return await self._signer.sign(receipt)
        except TimeoutError as silent:
            raise TryAgain("TSE_SILENT", field="tse", rule=f"keine Antwort in {within_s:g} s") from silent

    async def _tell_of(self, signature: TseSignature) -> None:
        """Sends what is to be known of the TSE; what it signed stands in any case, and the next receipt tries again."""
        try:
            async with asyncio.timeout(self._again_within_s):
                data = await self._signer.master_data()
        except Exception as failure:  # noqa: BLE001 (as for signing)
            _log.warning("tse_master_data_missing", reason=_reason(failure))
            return
        await self._tell(data)
        self._told_key = signature.public_key

    async def _tell(self, data: TseMasterData) -> None:
        body = encode_master_data(data)
        digest = hashlib.sha256(body).digest()
        if await self._with_outbox(lambda outbox: outbox.noted(TSE_NOTE)) != digest:
            await self._record(EventKind.TSE, body)
            await self._with_outbox(lambda outbox: outbox.note(TSE_NOTE, digest))
            await self._with_outbox(lambda outbox: outbox.note(SERIAL_NOTE, bytes.fromhex(data.tse_serial)))

    async def _note_outage(self, since_ms: int) -> None:
        await self._with_outbox(lambda outbox: outbox.note(OUTAGE_NOTE, since_ms))

    async def _outage(self, receipt: Receipt, reason: str, out_since_ms: int) -> TseSignature:
        if not out_since_ms:
            out_since_ms = self._clock.now_ms()
            _log.warning("tse_out", reason=reason)
            await self._note_outage(out_since_ms)
        process = _process(receipt)
        serial = await self._with_outbox(lambda outbox: outbox.noted(SERIAL_NOTE))
        return replace(
            _UNSIGNED,
            tse_serial=serial.hex() if isinstance(serial, bytes) else "",
            process_type=process.type,
            process_data=process.data,
            failure=reason[:LONGEST_FAILURE],
            outage_since_ms=out_since_ms,
        )


_UNSIGNED: Final = TseSignature(
    tse_serial="",
    transaction_number=0,
    signature_counter=0,
    started_at_ms=0,
    finished_at_ms=0,
    signature="",
    process_type="",
    process_data="",
    failure="Kasse beim Signieren ausgefallen",
)


def _header_of(draft: Receipt, number: str, running: int) -> Header:
    return Header(number, running, draft.started_at_ms, draft.finished_at_ms, draft.user_id, draft.user_name)


def _process(receipt: Receipt) -> Process:
    try:
        return process_of(receipt)
    except Refused:
        return Process("", "")  # This is then why it could not be signed, and stands in the failure.


def _reason(failure: Exception) -> str:
    """What the receipt says: the rule of one of our errors, else what kind of failure it was."""
    if isinstance(failure, BranchgateError):
        return failure.rule or failure.reason
    return f"{type(failure).__name__}: {failure}" if str(failure) else type(failure).__name__
