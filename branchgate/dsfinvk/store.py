"""The rows of an export in a temporary SQLite file, so that sums over ten million lines need no memory for them.

SQLite on purpose: the gateway computes its figures with another engine, and what judges them shares nothing with it. Tables have the names
of DSFinV-K; `line` is a row's line in its file, `closing` its closing key as a number.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from branchgate.dsfinvk.cells import written
from branchgate.dsfinvk.facts import CLOSING_KEY, slot_of, tables
from branchgate.dsfinvk.rows import Value
from branchgate.errors import Refused

_MOST_KNOWN_CLOSINGS: Final = 50_000
_CACHE_KIB: Final = 64 << 10

KEPT: Final[dict[str, tuple[str, ...]]] = {
    "cashpointclosing.csv": (
        "Z_BUCHUNGSTAG", "TAXONOMIE_VERSION", "Z_START_ID", "Z_ENDE_ID", "STNR", "USTID", "Z_SE_ZAHLUNGEN", "Z_SE_BARZAHLUNGEN",
    ),
    "location.csv": (),
    "cashregister.csv": ("KASSE_SERIENNR", "KASSE_BASISWAEH_CODE"),
    "slaves.csv": ("TERMINAL_ID", "TERMINAL_SERIENNR"),
    "pa.csv": ("AGENTUR_ID", "AGENTUR_STNR", "AGENTUR_USTID"),
    "tse.csv": (
        "TSE_ID", "TSE_SERIAL", "TSE_SIG_ALGO", "TSE_ZEITFORMAT", "TSE_PD_ENCODING", "TSE_PUBLIC_KEY", "TSE_ZERTIFIKAT_I",
        "TSE_ZERTIFIKAT_II",
    ),
    "vat.csv": ("UST_SCHLUESSEL", "UST_SATZ"),
    "businesscases.csv": ("GV_TYP", "GV_NAME", "AGENTUR_ID", "UST_SCHLUESSEL", "Z_UMS_BRUTTO", "Z_UMS_NETTO", "Z_UST"),
    "payment.csv": ("ZAHLART_TYP", "ZAHLART_NAME", "Z_ZAHLART_BETRAG"),
    "cash_per_currency.csv": ("ZAHLART_WAEH", "ZAHLART_BETRAG_WAEH"),
    "transactions.csv": (
        "BON_ID", "BON_NR", "BON_TYP", "BON_NAME", "TERMINAL_ID", "BON_STORNO", "BON_START", "BON_ENDE", "BEDIENER_NAME", "UMS_BRUTTO",
    ),
    "datapayment.csv": ("BON_ID", "ZAHLART_TYP", "ZAHLART_NAME", "ZAHLWAEH_CODE", "ZAHLWAEH_BETRAG", "BASISWAEH_BETRAG"),
    "lines.csv": (
        "BON_ID", "POS_ZEILE", "POS_TERMINAL_ID", "GV_TYP", "GV_NAME", "P_STORNO", "AGENTUR_ID", "ART_NR", "MENGE", "FAKTOR", "STK_BR",
    ),
    "itemamounts.csv": ("BON_ID", "POS_ZEILE", "TYP", "UST_SCHLUESSEL", "PF_BRUTTO", "PF_NETTO", "PF_UST"),
    "subitems.csv": (
        "BON_ID", "POS_ZEILE", "ZI_UST_SCHLUESSEL", "ZI_BASISPREIS_BRUTTO", "ZI_BASISPREIS_NETTO", "ZI_BASISPREIS_UST",
    ),
    "transactions_tse.csv": (
        "BON_ID", "TSE_ID", "TSE_TANR", "TSE_TA_START", "TSE_TA_ENDE", "TSE_TA_VORGANGSART", "TSE_TA_SIGZ", "TSE_TA_SIG", "TSE_TA_FEHLER",
        "TSE_VORGANGSDATEN",
    ),
    "transactions_vat.csv": ("BON_ID", "UST_SCHLUESSEL", "BON_BRUTTO", "BON_NETTO", "BON_UST"),
    "lines_vat.csv": ("BON_ID", "POS_ZEILE", "UST_SCHLUESSEL", "POS_BRUTTO", "POS_NETTO", "POS_UST"),
    "allocation_groups.csv": ("BON_ID", "ABRECHNUNGSKREIS"),
    "references.csv": ("BON_ID", "POS_ZEILE", "REF_TYP", "REF_DATUM", "REF_Z_KASSE_ID", "REF_Z_NR", "REF_BON_ID"),
}  # fmt: skip
"""Columns that a rule over several rows needs, beside the closing key."""

_INDEXES: Final = {
    "Bonkopf": "closing, BON_ID",
    "Bonpos": "closing, BON_ID, POS_ZEILE",
    "Bonpos_USt": "closing, BON_ID, POS_ZEILE",
    "Bonkopf_USt": "closing, BON_ID",
    "Bonkopf_Zahlarten": "closing, BON_ID",
    "Bonpos_Preisfindung": "closing, BON_ID, POS_ZEILE",
    "TSE_Transaktionen": "closing, BON_ID",
    "Bon_Referenzen": "closing, BON_ID",
}


class Store:
    """Tables of one export, filled file by file and then asked."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self.database = database
        self._closings: dict[tuple[Value, ...], int] = {}
        for file, table in tables().items():
            kinds = {column.name: "INTEGER" if column.numeric else "TEXT" for column in table.columns}
            columns = "".join(f", {name} {kinds[name]}" for name in KEPT[file])
            database.execute(f"CREATE TABLE {table.name} (line INTEGER, closing INTEGER{columns})")
        # An empty Z_NR is a number like any other here, or each such row would be a closing of its own.
        database.execute(
            "CREATE TABLE closings"
            " (id INTEGER PRIMARY KEY, Z_KASSE_ID TEXT, Z_ERSTELLUNG TEXT, Z_NR INTEGER, UNIQUE (Z_KASSE_ID, Z_ERSTELLUNG, Z_NR))"
        )

    def add(self, file: str, rows: Iterable[tuple[int, tuple[Value, ...]]]) -> None:
        """Takes rows: their lines, and their values of `CLOSING_KEY` and `KEPT`."""
        marks = ", ".join("?" for _ in range(2 + len(KEPT[file])))
        ready = ((line, self._closing(values[:3]), *values[3:]) for line, values in rows)
        self.database.execute("BEGIN")
        self.database.executemany(f"INSERT INTO {tables()[file].name} VALUES ({marks})", ready)
        self.database.execute("COMMIT")

    def complete(self) -> None:
        """To be called when every file is in: makes the indexes that the rules go by."""
        for table, columns in _INDEXES.items():
            self.database.execute(f"CREATE INDEX {table}_by_key ON {table} ({columns})")
        self.database.execute("ANALYZE")

    def _closing(self, key: tuple[Value, ...]) -> int:
        known = self._closings.get(key)
        if known is not None:
            return known
        kept = (key[0], key[1], -1 if key[2] is None else key[2])
        self.database.execute("INSERT OR IGNORE INTO closings (Z_KASSE_ID, Z_ERSTELLUNG, Z_NR) VALUES (?, ?, ?)", kept)
        asked = "SELECT id FROM closings WHERE Z_KASSE_ID = ? AND Z_ERSTELLUNG = ? AND Z_NR = ?"
        found = int(self.database.execute(asked, kept).fetchone()[0])
        if len(self._closings) >= _MOST_KNOWN_CLOSINGS:
            self._closings.clear()
        self._closings[key] = found
        return found


def wanted(file: str) -> tuple[str, ...]:
    """The columns to read from a file."""
    return (*CLOSING_KEY, *KEPT[file])


@contextmanager
def temporary_store() -> Iterator[Store]:
    """A store in the system's temporary folder, gone afterwards. Raises Refused (EXPORT_TOO_LARGE) when that is full or sums overflow."""
    with TemporaryDirectory(prefix="branchgate-check-") as folder:
        database = sqlite3.connect(Path(folder) / "export.sqlite", isolation_level=None)
        try:
            for setting in (
                "journal_mode = OFF",
                "synchronous = OFF",
                "temp_store = FILE",
                f"cache_size = -{_CACHE_KIB}",
            ):
                database.execute(f"PRAGMA {setting}")
            database.create_function("written", 1, _written, deterministic=True)
            database.create_function("slot_of", 1, slot_of, deterministic=True)
            yield Store(database)
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorcode != sqlite3.SQLITE_FULL and "overflow" not in str(problem):
                raise
            raise Refused("EXPORT_TOO_LARGE", field="file", rule=str(problem)) from problem
        finally:
            database.close()


def _written(amount: int | None) -> str:
    return "" if amount is None else written(amount)
