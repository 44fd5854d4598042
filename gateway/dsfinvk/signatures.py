"""What a TSE said of receipts, and the TSEs themselves: transactions_tse.csv and tse.csv.

A receipt that was not signed says why. One without any word of a TSE is exported too, and the file says that there was none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from google.protobuf.message import DecodeError

from branchgate.events import EventKind
from branchgate.v1 import receipt_pb2
from gateway.dsfinvk.notes import TSE_UNCERTIFIED, TSE_UNKNOWN, Notes
from gateway.dsfinvk.periods import Period
from gateway.dsfinvk.source import ExportSource, Row
from gateway.dsfinvk.tables import CERTIFICATE_PART, MOST_PARTS
from gateway.dsfinvk.texts import fitting
from gateway.dsfinvk.times import utc_ms

Values: TypeAlias = tuple[Any, ...]

UNSIGNED = "Signatur fehlt ohne Angabe eines Grundes"
"""Of a register that sends TSE data without a signature and without a reason."""


@dataclass(frozen=True, slots=True)
class _Told:
    """Master data of a TSE as sent at one place of the journal."""

    sequence: int
    algorithm: str
    time_format: str
    encoding: str
    public_key: str
    certificate: str


class SignatureRows:
    """Makes the rows of signatures and remembers which TSE served in which closing."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._served: dict[tuple[int, str], _Told] = {}
        self._serial = fitting(notes, "tse.csv", "TSE_SERIAL")
        self._kind = fitting(notes, "transactions_tse.csv", "TSE_TA_VORGANGSART")
        self._signature = fitting(notes, "transactions_tse.csv", "TSE_TA_SIG")
        self._failure = fitting(notes, "transactions_tse.csv", "TSE_TA_FEHLER")
        # Orders are parted by a carriage return in what is signed (DSFinV-K, Bestellung-V1): without it no signature would verify.
        self._data = fitting(notes, "transactions_tse.csv", "TSE_VORGANGSDATEN", keep="\r")
        self._short = {
            column: fitting(notes, "tse.csv", column)
            for column in ("TSE_SIG_ALGO", "TSE_ZEITFORMAT", "TSE_PD_ENCODING", "TSE_PUBLIC_KEY")
        }

    def of(self, at: Values, message: receipt_pb2.Receipt) -> Values:
        """The row of one receipt."""
        if not message.HasField("tse"):
            return (*at, "", "", "", "", "", "", "", 0, 0)
        tse, where = message.tse, at[2]
        serial = self._serial(tse.tse_serial, where)
        if tse.uncertified:
            self._notes.add(TSE_UNCERTIFIED, serial[:16], where)
        if serial and (at[0], serial) not in self._served:
            self._served[at[0], serial] = _Told(0, tse.signature_algorithm, tse.log_time_format, "", tse.public_key, "")
        return (
            *at,
            serial,
            utc_ms(tse.started_at_ms),
            utc_ms(tse.finished_at_ms),
            self._kind(tse.process_type, where),
            self._signature(tse.signature, where),
            self._failure(_why(tse), where),
            self._data(tse.process_data, where),
            tse.transaction_number,
            tse.signature_counter,
        )

    def devices(self, source: ExportSource, periods: list[Period], head: int) -> tuple[list[Values], int]:
        """The rows of the TSEs, numbered within each closing, and how many parts the longest certificate has."""
        earliest = min((period.through for period in periods), default=0)
        told = _master_data(source, {serial for _, serial in self._served}, head, earliest)
        rows: list[Values] = []
        longest = 0
        numbers: dict[int, int] = {}
        for (closing, serial), signed in sorted(self._served.items()):
            numbers[closing] = number = numbers.get(closing, 0) + 1
            known = _valid_at(told.get(serial, []), periods[closing].through)
            if known is None or not known.certificate:
                self._notes.add(TSE_UNKNOWN, serial[:16], periods[closing].register_id)
            row = self._device(closing, number, serial, signed, known)
            longest = max(longest, len(row[-1]))
            rows.append(row)
        return rows, -(-longest // CERTIFICATE_PART)

    def _device(self, closing: int, number: int, serial: str, signed: _Told, known: _Told | None) -> Values:
        said = known or signed
        fits = self._short
        return (
            closing,
            number,
            serial,
            fits["TSE_SIG_ALGO"](said.algorithm or signed.algorithm, serial),
            fits["TSE_ZEITFORMAT"](said.time_format or signed.time_format, serial),
            fits["TSE_PD_ENCODING"](said.encoding or "UTF-8", serial),
            fits["TSE_PUBLIC_KEY"](said.public_key or signed.public_key, serial),
            "".join(said.certificate.split())[: MOST_PARTS * CERTIFICATE_PART],
        )


def _why(tse: receipt_pb2.TseSignature) -> str:
    if not tse.failure:
        return "" if tse.signature else UNSIGNED
    since = utc_ms(tse.outage_since_ms)
    return f"{tse.failure} (seit {since})" if since else tse.failure


def _master_data(source: ExportSource, serials: set[str], head: int, earliest: int) -> dict[str, list[_Told]]:
    """What was told of each TSE, newest first: read backwards until each was told of before the `earliest` closing."""
    told: dict[str, list[_Told]] = {}
    batches = source.backwards(EventKind.TSE, head) if serials else iter(())
    for batch in batches:
        for row in batch:
            serial, one = _told(row)
            told.setdefault(serial, []).append(one)
        if all(serial in told and told[serial][-1].sequence <= earliest for serial in serials):
            break
    return told


def _told(row: Row) -> tuple[str, _Told]:
    try:
        message = receipt_pb2.TseMasterData.FromString(row.body)
    except DecodeError:
        # Tells of no TSE, so the one it was about stays unknown, which is noted.
        message = receipt_pb2.TseMasterData()
    return message.tse_serial, _Told(
        row.sequence,
        message.signature_algorithm,
        message.log_time_format,
        message.process_data_encoding,
        message.public_key,
        message.certificate,
    )


def _valid_at(told: list[_Told], through: int) -> _Told | None:
    """What was last told before the closing; else what was told first after it. `told` is newest first."""
    before = next((one for one in told if one.sequence <= through), None)
    return before or (told[-1] if told else None)
