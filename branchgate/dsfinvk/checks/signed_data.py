"""processData against the tables, and signatures against processData: row by row, because neither is arithmetic."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from branchgate.dsfinvk.faults import Fault, Faults
from branchgate.dsfinvk.process_data import order_fits, receipt_data, type_of

_FILE: Final = "transactions_tse.csv"

_ROWS: Final = """
SELECT tse.line, tse.closing, tse.BON_ID, TSE_TA_VORGANGSART, TSE_VORGANGSDATEN, TSE_TANR, TSE_TA_SIGZ, TSE_TA_START, TSE_TA_ENDE,
    TSE_TA_SIG, BON_TYP, device.TSE_SIG_ALGO, device.TSE_ZEITFORMAT, device.TSE_PUBLIC_KEY,
    coalesce((SELECT TERMINAL_SERIENNR FROM Stamm_Terminals AS terminal
        WHERE terminal.closing = tse.closing AND terminal.TERMINAL_ID = Bonkopf.TERMINAL_ID), '') AS terminal,
    coalesce((SELECT KASSE_SERIENNR FROM Stamm_Kassen AS register WHERE register.closing = tse.closing), '') AS register
FROM TSE_Transaktionen AS tse
LEFT JOIN Bonkopf ON Bonkopf.closing = tse.closing AND Bonkopf.BON_ID = tse.BON_ID
LEFT JOIN (SELECT * FROM Stamm_TSE GROUP BY closing, TSE_ID) AS device ON device.closing = tse.closing AND device.TSE_ID = tse.TSE_ID
"""


@dataclass(frozen=True, slots=True)
class SignedTransaction:
    """What a TSE signed at the end of a transaction, in the words of the files."""

    client_id: str
    process_type: str
    process_data: str
    transaction_number: int
    signature_counter: int
    log_time: str
    """UTC, `2026-09-03T10:15:00.000Z`."""
    algorithm: str
    time_format: str
    signature: str
    """base64."""
    public_key: str
    """base64."""


SignatureJudge = Callable[[SignedTransaction], str | None]
"""Tells what is wrong with a signature, for people, with the rebuilt log message in hex; None when it is right."""


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    closing: int
    bon_id: str
    process_type: str
    process_data: str
    number: int | None
    counter: int | None
    start: str
    end: str
    signature: str
    bon_type: str | None
    algorithm: str | None
    time_format: str | None
    public_key: str | None
    terminal: str
    register: str


def check_signed_data(
    database: sqlite3.Connection, faults: Faults, judge: SignatureJudge | None, present: frozenset[str]
) -> None:
    """Adds a fault for each row whose processData is not that of its receipt, and with a judge for each signature that does not verify."""
    rebuildable = {"transactions_vat.csv", "datapayment.csv"} <= present
    for row in _rows(database):
        rebuilt = _rebuilt(database, row) if rebuildable and row.process_type == "Kassenbeleg-V1" else None
        wrong = _problem_of_data(row, rebuilt)
        if wrong is not None:
            faults.add(Fault("PROCESS_DATA", _FILE, row.line, "TSE_VORGANGSDATEN", row.process_data, wrong))
        if judge and row.signature:
            problem = _problem_of_signature(_client_ids(database, row), row, row.process_data or rebuilt or "", judge)
            if problem is not None:
                faults.add(Fault("TSE_SIGNATURE", _FILE, row.line, "TSE_TA_SIG", row.signature, problem))


def _rows(database: sqlite3.Connection) -> Iterator[_Row]:
    for values in database.execute(_ROWS):
        yield _Row(*values)


def _problem_of_data(row: _Row, rebuilt: str | None) -> str | None:
    """What should stand there, None when it does. An empty cell is allowed."""
    if not row.process_data:
        return None
    if row.process_type == "Bestellung-V1":
        return None if order_fits(row.process_data) else 'quantity;"text";price'
    if row.process_type == "Kassenbeleg-V1":
        if type_of(row.process_data) is None:
            return rebuilt or "type^0.00_0.00_0.00_0.00_0.00^0.00:Bar"
        return rebuilt if rebuilt not in {None, row.process_data} else None
    return None


def _rebuilt(database: sqlite3.Connection, row: _Row) -> str | None:
    bon_type = row.bon_type or type_of(row.process_data)
    if bon_type is None:
        return None
    place = (row.closing, row.bon_id)
    gross = database.execute(
        "SELECT UST_SCHLUESSEL, BON_BRUTTO FROM Bonkopf_USt WHERE closing = ? AND BON_ID = ?"
        " AND UST_SCHLUESSEL IS NOT NULL AND BON_BRUTTO IS NOT NULL",
        place,
    )
    paid = database.execute(
        "SELECT ZAHLART_TYP, CASE WHEN ZAHLWAEH_CODE = coalesce((SELECT KASSE_BASISWAEH_CODE FROM Stamm_Kassen AS register"
        " WHERE register.closing = payment.closing), 'EUR') THEN '' ELSE ZAHLWAEH_CODE END,"
        " CASE WHEN ZAHLWAEH_BETRAG IS NULL THEN BASISWAEH_BETRAG ELSE ZAHLWAEH_BETRAG END"
        " FROM Bonkopf_Zahlarten AS payment WHERE closing = ? AND BON_ID = ? AND BASISWAEH_BETRAG IS NOT NULL",
        place,
    )
    return receipt_data(bon_type, gross, paid)


def _client_ids(database: sqlite3.Connection, row: _Row) -> list[str]:
    """Who may have asked for the signature: the receipt's terminal or its register, of a receipt that is not there any of the closing."""
    found = [row.terminal, row.register]
    if row.bon_type is None:
        asked = "SELECT TERMINAL_SERIENNR FROM Stamm_Terminals WHERE closing = ?"
        found += [serial for (serial,) in database.execute(asked, (row.closing,))]
    return [client_id for client_id in found if client_id]


def _problem_of_signature(client_ids: list[str], row: _Row, data: str, judge: SignatureJudge) -> str | None:
    if row.number is None or row.counter is None or not row.public_key:
        return None
    problem: str | None = None
    for client_id in client_ids:
        signed = SignedTransaction(
            client_id=client_id,
            process_type=row.process_type,
            process_data=data,
            transaction_number=row.number,
            signature_counter=row.counter,
            log_time=row.end,
            algorithm=row.algorithm or "",
            time_format=row.time_format or "",
            signature=row.signature,
            public_key=row.public_key,
        )
        problem = judge(signed)
        if problem is None:
            return None
    return problem
