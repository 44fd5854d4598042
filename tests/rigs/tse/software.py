"""The software TSE itself: transactions are started, updated and finished, each step signed and kept as a log (TR-03151, TR-03153-1).

Switches: `broken` names a reason and every call fails with it; while `silent` is set nothing answers until it is cleared or the caller
gives up; `slow_s` delays every answer. `lose_next_answer` signs, and then fails: what a pulled cable does.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from branchgate.clock import Clock
from branchgate.errors import OutcomeUnknown, Refused, TryAgain
from branchgate.tse import LogMessage, Operation, TimeFormat, TseMasterData, encode_base64, serial_of
from tests.rigs.tse.certificate import CERTIFICATE_FILE, key_in, point_in
from tests.rigs.tse.counters import load_counters, save_counters

ALGORITHM: Final = "ecdsa-plain-SHA256"
MOST_OPEN: Final = 512
_COORDINATE_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One signed step. `logged_at_ms` is the TSE's time in UTC, whole seconds; `signature` is base64."""

    transaction_number: int
    signature_counter: int
    logged_at_ms: int
    signature: str


class SoftwareTse:
    """A TSE in a folder. NOT CERTIFIED. Registers are registered by naming them: `clients`."""

    def __init__(self, folder: Path, clock: Clock, *, clients: tuple[str, ...] = ("KASSE-1",)) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._clock, self._clients = folder, clock, clients
        self._key = key_in(folder)
        self._counters = load_counters(folder)
        self._answering = asyncio.Event()
        self._answering.set()
        self.broken = ""
        self.slow_s = 0.0
        self.lose_next_answer = False

    @property
    def open_transactions(self) -> tuple[int, ...]:
        """Transactions that were started and not finished."""
        return self._counters.open

    @property
    def logs(self) -> list[Path]:
        """The log files, in the order of their signatures."""
        return sorted(self._folder.glob("Unixt_*.log"), key=lambda file: int(file.name.split("_Sig-")[1].split("_")[0]))

    @property
    def silent(self) -> bool:
        """Nothing answers."""
        return not self._answering.is_set()

    @silent.setter
    def silent(self, wanted: bool) -> None:
        if wanted:
            self._answering.clear()
        else:
            self._answering.set()

    def master_data(self) -> TseMasterData:
        """What tse.csv tells of it. Raises TryAgain while it is broken."""
        self._require_working()
        point = point_in(self._key)
        return TseMasterData(
            tse_serial=serial_of(point),
            signature_algorithm=ALGORITHM,
            log_time_format=TimeFormat.UNIX_TIME,
            process_data_encoding="UTF-8",
            public_key=encode_base64(point),
            certificate=encode_base64((self._folder / CERTIFICATE_FILE).read_bytes()),
            certified=False,
        )

    async def start(self, client_id: str) -> LogEntry:
        """Starts a transaction; type and data come with its end. Raises Refused, TryAgain."""
        await self._ready(client_id)
        if len(self._counters.open) >= MOST_OPEN:
            raise Refused("TSE_SILENT", field="tse", rule=f"{MOST_OPEN} Transaktionen sind offen")
        number = self._counters.transaction + 1
        self._counters = replace(self._counters, transaction=number, open=(*self._counters.open, number))
        return self._signed(Operation.START, client_id, number, "", "")

    async def update(self, client_id: str, number: int, process_type: str, process_data: str) -> LogEntry:
        """Tells a change within an open transaction. Raises Refused, TryAgain."""
        await self._ready(client_id, number)
        return self._signed(Operation.UPDATE, client_id, number, process_type, process_data)

    async def finish(self, client_id: str, number: int, process_type: str, process_data: str) -> LogEntry:
        """Ends a transaction. Raises Refused, TryAgain, OutcomeUnknown when the answer was lost."""
        await self._ready(client_id, number)
        self._counters = replace(self._counters, open=tuple(one for one in self._counters.open if one != number))
        entry = self._signed(Operation.FINISH, client_id, number, process_type, process_data)
        if self.lose_next_answer:
            self.lose_next_answer = False
            raise OutcomeUnknown("TSE_SILENT", field="tse", rule="Verbindung nach dem Signieren verloren")
        return entry

    async def _ready(self, client_id: str, number: int | None = None) -> None:
        await self._answering.wait()
        await asyncio.sleep(self.slow_s)
        self._require_working()
        if client_id not in self._clients:
            raise Refused("TSE_SILENT", field="client_id", value=client_id, rule=f"{client_id} ist nicht angemeldet")
        if number is not None and number not in self._counters.open:
            raise Refused("TSE_SILENT", field="transaction", value=number, rule=f"Transaktion {number} ist nicht offen")

    def _require_working(self) -> None:
        if self.broken:
            raise TryAgain("TSE_SILENT", field="tse", rule=self.broken)

    def _signed(
        self, operation: Operation, client_id: str, number: int, process_type: str, process_data: str
    ) -> LogEntry:
        counter = self._counters.signature + 1
        self._counters = replace(self._counters, signature=counter)
        save_counters(self._folder, self._counters)
        at_ms = self._clock.now_ms() // 1000 * 1000
        message = LogMessage(
            client_id=client_id,
            process_type=process_type,
            process_data=process_data.encode(),
            transaction_number=number,
            serial_number=bytes.fromhex(serial_of(point_in(self._key))),
            signature_algorithm=ALGORITHM,
            signature_counter=counter,
            logged_at_ms=at_ms,
            operation=operation,
        ).encode()
        r, s = decode_dss_signature(self._key.sign(message, ec.ECDSA(hashes.SHA256())))
        signature = r.to_bytes(_COORDINATE_BYTES) + s.to_bytes(_COORDINATE_BYTES)
        step = operation.removesuffix("Transaction")
        name = f"Unixt_{at_ms // 1000}_Sig-{counter}_Log-Tra_No-{number}_{step}_Client-{client_id}.log"
        (self._folder / name).write_bytes(message + bytes((0x04, len(signature))) + signature)
        return LogEntry(number, counter, at_ms, encode_base64(signature))
