"""Checks an export of DSFinV-K 2.4: its files, its cells, its rows among each other. It knows nothing of the program that wrote it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Final

from branchgate.dsfinvk.checks import CHECKS
from branchgate.dsfinvk.checks.devices import check_devices
from branchgate.dsfinvk.checks.rates import check_rates
from branchgate.dsfinvk.checks.signed_data import SignatureJudge, check_signed_data
from branchgate.dsfinvk.facts import DTD_FILE, INDEX_FILE, Table, tables
from branchgate.dsfinvk.faults import Fault, Faults
from branchgate.dsfinvk.index_xml import MOST_BYTES, Index, read_index
from branchgate.dsfinvk.records import records
from branchgate.dsfinvk.rows import CERTIFICATE_PARTS, Reader, Value
from branchgate.dsfinvk.source import Source, opened
from branchgate.dsfinvk.store import Store, temporary_store, wanted
from branchgate.errors import Refused

KEPT_PER_RULE: Final = 20
_REPORT_EVERY: Final = 20_000
_ALWAYS: Final = ("cashpointclosing.csv", "location.csv", "cashregister.csv", "vat.csv", "transactions.csv")
_CLIENTS: Final = frozenset({"cashregister.csv", "slaves.csv"})
"""Who asked the TSE to sign is among the signed bytes."""
_SMALL: Final = frozenset({"tse.csv", "transactions_tse.csv"})
_SMALL_AT_MOST: Final = _SMALL | {"cashregister.csv", "slaves.csv", "transactions_vat.csv", "datapayment.csv"}


class Extent(StrEnum):
    """How much of an export is there: all of it, or only what the TSE's transactions need."""

    FULL = "full"
    SMALL = "small"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the check is: bytes of `file` read of those it has; both 0 while rules over several files are asked."""

    file: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """What was found: the faults kept, how many of each rule there were, the rows of each file, the rules not asked for want of files."""

    extent: Extent
    faults: tuple[Fault, ...]
    found: dict[str, int]
    rows: dict[str, int]
    not_asked: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """Whether there is nothing to find fault with."""
        return not self.found


def inspect(
    path: Path,
    *,
    keep: int = KEPT_PER_RULE,
    signatures: SignatureJudge | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Result:
    """Checks the ZIP or folder at `path`, keeping the first `keep` faults of each rule.

    Raises Refused (EXPORT_NOT_FOUND, EXPORT_NOT_READABLE, EXPORT_SUSPICIOUS, EXPORT_TOO_LARGE) when it cannot be read.
    """
    with opened(path) as source, temporary_store() as store:
        inspection = _Inspection(source, store, Faults(keep), progress)
        inspection.read()
        return inspection.judge(signatures)


class _Inspection:
    def __init__(self, source: Source, store: Store, faults: Faults, progress: Callable[[Progress], None]) -> None:
        self._source = source
        self._store = store
        self._faults = faults
        self._progress = progress
        self._present = frozenset(source.sizes.keys() & tables().keys())
        if not self._present and INDEX_FILE not in source.sizes:
            raise Refused("EXPORT_NOT_READABLE", field="file", rule=f"{INDEX_FILE}, {', '.join(_ALWAYS)}")
        small = self._present >= _SMALL and self._present <= _SMALL_AT_MOST
        self._extent = Extent.SMALL if small else Extent.FULL
        self._rows: dict[str, int] = {}
        self._longer_certificates = False

    def read(self) -> None:
        """Index, files, cells; every row goes into the store."""
        index = self._index()
        for file, table in tables().items():
            if file in self._present:
                self._read_table(table, index.own_columns.get(file, ()) if index else ())
        if self._extent is Extent.FULL:
            for file in _ALWAYS:
                if file not in self._present and not (index and file in index.files):
                    self._faults.add(Fault("TABLE_MISSING", file, rule=", ".join(_ALWAYS)))
        self._progress(Progress(""))
        self._store.complete()

    def judge(self, signatures: SignatureJudge | None) -> Result:
        """The rules over several rows."""
        small, database = self._extent is Extent.SMALL, self._store.database
        asked = set[str]()
        for check in CHECKS:
            if small and not check.needs <= self._present:
                continue
            asked.add(check.code)
            self._progress(Progress(check.code))
            check.run(database, self._faults)
        self._progress(Progress("TSE_SIGNATURE"))
        check_rates(database, self._faults)
        check_devices(database, self._faults, certificates=not self._longer_certificates)
        check_signed_data(database, self._faults, signatures, self._present)
        not_asked = {check.code for check in CHECKS} - asked
        if signatures is None or not self._present & _CLIENTS:
            not_asked.add("TSE_SIGNATURE")
        found = dict(self._faults.found)
        return Result(self._extent, tuple(self._faults.kept), found, self._rows, tuple(sorted(not_asked)))

    def _index(self) -> Index | None:
        sizes = self._source.sizes
        if INDEX_FILE not in sizes:
            if self._extent is Extent.FULL:
                self._faults.add(Fault("INDEX_MISSING", INDEX_FILE, rule=INDEX_FILE))
            index = None
        else:
            index = read_index(self._source.read(INDEX_FILE, MOST_BYTES), sizes.keys(), self._faults)
        for file in sorted(sizes.keys() - {INDEX_FILE, DTD_FILE}):
            if file.lower().endswith(".csv") and file not in tables():
                self._faults.add(Fault("FILE_UNKNOWN", file))
            elif index and file in tables() and file not in index.files:
                self._faults.add(Fault("FILE_NOT_IN_INDEX", file, rule=INDEX_FILE))
        return index

    def _read_table(self, table: Table, own_columns: tuple[str, ...]) -> None:
        reader = Reader(table, own_columns, wanted(table.file), self._faults)
        with self._source.reading(table.file) as stream:
            self._store.add(table.file, self._values(table.file, stream, reader))
        self._rows[table.file] = reader.rows
        parts = [name for name in own_columns if name.startswith(CERTIFICATE_PARTS)]
        if reader.filled:
            self._longer_certificates = True
        elif parts and reader.rows:
            self._faults.add(Fault("CERTIFICATE_COLUMNS", table.file, 1, parts[0], ", ".join(parts)))

    def _values(self, file: str, stream: BinaryIO, reader: Reader) -> Iterator[tuple[int, tuple[Value, ...]]]:
        total, empty = self._source.sizes[file], True
        for number, record in enumerate(records(stream)):
            if number % _REPORT_EVERY == 0:
                self._progress(Progress(file, record.end, total))
            if empty and reader.header(record):
                empty = False
                continue
            empty = False
            values = reader.row(record)
            if values is not None:
                yield record.line, values
        if empty:
            self._faults.add(Fault("HEADER_MISSING", file, 1, rule=";".join(tables()[file].names)))
        self._progress(Progress(file, total, total))
