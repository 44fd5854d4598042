"""One export from order to ZIP: which periods, their receipts into temporary tables, those into the files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from branchgate import __version__
from branchgate.catalogue import BranchSettings
from branchgate.errors import Refused, RefusedKind
from branchgate.receipts.codec import decode_receipt
from gateway.catalogue.replica import FILE_NAME as CATALOGUE_FILE
from gateway.dsfinvk.detail import CLOSINGS, DEVICES, LOCATED, OF_RECEIPTS
from gateway.dsfinvk.index import DTD_NAME, FILE_NAME, Supplier, index_xml
from gateway.dsfinvk.masterdata import ClosingRows
from gateway.dsfinvk.notes import CLOSING_DIFFERS, RATE_AMBIGUOUS, Notes
from gateway.dsfinvk.order import ExportOrder, Progress, Summary, Task
from gateway.dsfinvk.parcel import Parcel
from gateway.dsfinvk.periods import Ledger, Period, stretches
from gateway.dsfinvk.receipts import ReceiptRows
from gateway.dsfinvk.references import ReferenceRows
from gateway.dsfinvk.signatures import SignatureRows
from gateway.dsfinvk.source import ExportSource, open_source, settings_of
from gateway.dsfinvk.store import DetailStore
from gateway.dsfinvk.tables import tables
from gateway.dsfinvk.workplace import ZIP_NAME, require_room
from gateway.sales.days import DayRule, Days, plausible_ms

PREVIEW_MARK = "VORSCHAU, kein Export / preview, no export"

Tell = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class _Read:
    """What stands in the temporary tables."""

    periods: list[Period]
    receipts: int
    lines: int
    certificate_parts: int
    still_open: int


class Export:
    """Carries out one task. Raises Refused and duckdb.Error; `tell` hears how far it is."""

    def __init__(self, task: Task, tell: Tell) -> None:
        self._task = task
        self._order = task.order
        self._tell = tell
        self._notes = Notes()
        self._work = Path(task.work)
        self._folder = Path(task.folder)
        self._fallback = _fallback(self._folder)

    def make(self) -> Summary:
        """The ZIP in the workplace, and what is in it."""
        source = open_source(self._folder, self._task.archive)
        store = DetailStore(self._work, self._task.memory_limit_mb, self._task.threads)
        try:
            read = self._read(source, store)
            self._pack(read, store)
        finally:
            store.close()
            source.close()
        return self._summary(read)

    def _read(self, source: ExportSource, store: DetailStore) -> _Read:
        head = source.head()
        ledger = Ledger(source, self._fallback)
        periods, still_open = self._periods(source, ledger, head)
        references = ReferenceRows(self._notes, source, ledger)
        signatures = SignatureRows(self._notes)
        rows = ReceiptRows(self._notes, references, signatures)
        store.load(CLOSINGS, ClosingRows(self._notes).of(periods))
        self._receipts(source, store, periods, rows)
        self._compare(periods, rows.counted)
        store.load(LOCATED, references.located(head))
        devices, parts = signatures.devices(source, periods, head)
        store.load(DEVICES, devices)
        for key, count, first in store.ambiguous_rates():
            example = f"{periods[first].register_id} Z {periods[first].z_number}"
            self._notes.add(RATE_AMBIGUOUS, str(key), example, count)
        return _Read(periods, rows.receipts, rows.lines, parts, still_open)

    def _compare(self, periods: list[Period], counted: dict[int, tuple[int, int]]) -> None:
        """A journal that has lost receipts must not pass for the books: the printed Z knows better."""
        for period in periods:
            if period.printed is not None and counted.get(period.number, (0, 0)) != period.printed:
                self._notes.add(CLOSING_DIFFERS, "closing", f"{period.register_id} Z {period.z_number}")

    def _periods(self, source: ExportSource, ledger: Ledger, head: int) -> tuple[list[Period], int]:
        order = self._order
        if order.register_id and order.register_id not in ledger.registers:
            raise Refused(
                "EXPORT_REGISTER_UNKNOWN", field="register", value=order.register_id, kind=RefusedKind.NOT_FOUND
            )
        today = ledger.times("").day(self._task.now_ms)
        if order.to_day > max(today, ledger.latest_day()):
            raise Refused("EXPORT_FUTURE", field="to", value=order.to_day, rule=today)
        periods = ledger.wanted(order, self._notes)
        days = Days(DayRule(self._fallback.time_zone, self._fallback.day_starts_at_minutes))

        def day_of(sequence: int) -> str:
            finished = decode_receipt(source.entry(sequence)).finished_at_ms
            return days.business_day(plausible_ms(finished, source.recorded_at_ms(sequence)))

        still_open = ledger.still_open(order, head, day_of)
        if order.preview:
            for register_id, after in still_open:
                periods.append(ledger.preview(len(periods), register_id, after, head))
        if not periods:
            raise Refused(
                "EXPORT_NOTHING_CLOSED",
                field="from",
                value=f"{order.from_day} – {order.to_day}",
                rule=", ".join(register_id for register_id, _ in still_open) or "-",
                kind=RefusedKind.NOT_FOUND,
            )
        return periods, len(still_open)

    def _receipts(self, source: ExportSource, store: DetailStore, periods: list[Period], rows: ReceiptRows) -> None:
        parts = stretches(periods)
        weights = [weight for part in parts for weight in source.weigh(*part)]
        whole, size = sum(count for count, _ in weights), sum(size for _, size in weights)
        require_room(self._work, size)
        belonging = _Belonging(periods)
        done = 0
        for part in parts:
            for batch in source.receipts(*part):
                for entry in batch:
                    period = belonging.of(entry.register_id, entry.sequence)
                    if period is not None:
                        rows.take(entry, period)
                longest = max(len(entry.body) for entry in batch)
                for table in OF_RECEIPTS:
                    store.load(table, rows.rows[table.name], longest)
                rows.clear()
                done += len(batch)
                self._tell(Progress("read", done, whole))
                require_room(self._work, 0)

    def _pack(self, read: _Read, store: DetailStore) -> None:
        files = tables(read.certificate_parts)
        preview = any(period.z_number == 0 for period in read.periods)
        parts = store.parts()
        with Parcel(self._work / ZIP_NAME, PREVIEW_MARK if preview else "") as parcel:
            medium = f"{PREVIEW_MARK}: DSFinV-K" if preview else "DSFinV-K"
            parcel.text(FILE_NAME, index_xml(files, _supplier(read.periods, self._order), medium))
            parcel.text(DTD_NAME, self._order.dtd or own_dtd())
            for place, table in enumerate(files):
                for _ in parcel.table(store.connection, table, read.certificate_parts, parts):
                    self._tell(Progress("write", place, len(files)))
                    require_room(self._work, 0)
                self._tell(Progress("write", place + 1, len(files)))

    def _summary(self, read: _Read) -> Summary:
        path = self._work / ZIP_NAME
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        closed = sum(period.z_number != 0 for period in read.periods)
        return Summary(
            file_name=_file_name(self._order, preview=closed < len(read.periods)),
            size_bytes=path.stat().st_size,
            sha256=digest,
            closings=closed,
            receipts=read.receipts,
            lines=read.lines,
            open_periods=read.still_open,
            notes=self._notes.all(),
        )


class _Belonging:
    """Tells the period of a receipt; receipts must come in the journal's order."""

    def __init__(self, periods: Iterable[Period]) -> None:
        self._left: dict[str, list[Period]] = {}
        for period in sorted(periods, key=lambda period: period.after, reverse=True):
            self._left.setdefault(period.register_id, []).append(period)

    def of(self, register_id: str, sequence: int) -> Period | None:
        """None when its period was not asked for."""
        left = self._left.get(register_id)
        while left and left[-1].through < sequence:
            left.pop()
        return left[-1] if left and left[-1].after < sequence else None


def own_dtd() -> str:
    """Our own grammar of index.xml."""
    from importlib.resources import files

    return files("gateway.dsfinvk").joinpath(DTD_NAME).read_text(encoding="utf-8")


def _fallback(folder: Path) -> BranchSettings:
    """Today's settings of the branch, for closings that kept none and for previews."""
    stored = settings_of(folder / CATALOGUE_FILE)
    return BranchSettings.decode(stored) if stored else BranchSettings(branch_id="", name="")


def _supplier(periods: list[Period], order: ExportOrder) -> Supplier:
    newest = max(periods, key=lambda period: (period.business_day, period.number)).master_data
    place = ", ".join(part for part in (newest.street, f"{newest.postcode} {newest.town}".strip()) if part)
    said = f"DSFinV-K {periods[-1].taxonomy}, {order.from_day} bis {order.to_day}, branchgate {__version__}"
    preview = any(period.z_number == 0 for period in periods)
    return Supplier(newest.company or newest.branch_name, place, f"{PREVIEW_MARK}; {said}" if preview else said)


def _file_name(order: ExportOrder, *, preview: bool) -> str:
    parts = ["dsfinvk", *(["VORSCHAU"] if preview else []), *([order.register_id] if order.register_id else [])]
    return "-".join([*parts, order.from_day, order.to_day]) + ".zip"
