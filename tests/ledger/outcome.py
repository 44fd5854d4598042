"""What the days left behind, read without the code that wrote it: the journal by sqlite3 and hashlib, the export by csv."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
import struct
from collections import Counter
from dataclasses import replace
from pathlib import Path

from branchgate.catalogue import BranchSettings
from branchgate.clock import SystemClock
from branchgate.dsfinvk import inspect, verify
from branchgate.events import EventKind
from branchgate.figures import Closing, Figures, Summary
from branchgate.receipts.codec import decode_receipt, encode_receipt
from branchgate.receipts.model import Receipt
from central.branches import Branches
from central.reports import Report, Reports
from central.sessions import Greeting, RequestDone, Sessions
from central.store import default_url
from central.summaries import Summaries
from gateway.dsfinvk.export import Export
from gateway.dsfinvk.order import ExportOrder, Task
from gateway.dsfinvk.workplace import ZIP_NAME, make_workplace
from tests.central.conftest import open_database
from tests.gateway.dsfinvk.exported import Exported, Row, cents, total, unpacked
from tests.gateway.sales.plain_figures import plain_figures
from tests.ledger.arithmetic import RATES, net_of
from tests.ledger.book import business_day
from tests.ledger.branch import Desks
from tests.ledger.days import Days

Closings = dict[tuple[str, int], Closing]
Recorded = dict[tuple[str, int], list[tuple[bytes, Receipt]]]
"""Receipts with their event ids, by register and Z."""

BOOKED = "Vom Gateway gebucht, ohne TSE"
_HEADER = struct.Struct(">4sQ16sqIqQ")


def chained(path: Path) -> list[tuple[bytes, str, int, int, bytes]]:
    """Every entry as event id, register, the register's number, kind and body; each hash is computed anew."""
    connection = sqlite3.connect(path)
    columns = "sequence, event_id, register_id, register_sequence, kind, recorded_at, body, chain_hash"
    rows = connection.execute(f"SELECT {columns} FROM journal ORDER BY sequence").fetchall()
    connection.close()
    previous = bytes(32)
    for place, (sequence, event_id, register_id, number, kind, at_ms, body, chain_hash) in enumerate(rows, start=1):
        assert sequence == place
        header = _HEADER.pack(b"BGJ1", sequence, event_id, number, kind, at_ms, len(body)) + register_id.encode()
        previous = hashlib.sha256(previous + header + hashlib.sha256(body).digest()).digest()
        assert chain_hash == previous
    return [(row[1], row[2], row[3], row[4], row[6]) for row in rows]


def recorded_by_closing(path: Path) -> Recorded:
    """The receipts of each Z, as the journal's order says."""
    found: Recorded = {}
    open_: dict[str, list[tuple[bytes, Receipt]]] = {}
    numbers: Counter[str] = Counter()
    for event_id, register_id, _, kind, body in chained(path):
        if kind == EventKind.RECEIPT:
            open_.setdefault(register_id, []).append((event_id, decode_receipt(body)))
        elif kind == EventKind.CLOSING:
            numbers[register_id] += 1
            found[register_id, numbers[register_id]] = open_.pop(register_id)
    assert not open_
    return found


def journal_is_what_was_sent(days: Days) -> int:
    """Every event is there once, byte by byte and in its register's order; what the gateway booked is what the book says."""
    entries = chained(days.branch.folder / "branch.db")
    for name, till in days.tills.items():
        theirs = [entry for entry in entries if entry[1] == name and entry[2] and entry[3] != EventKind.CONFLICT]
        assert [entry[2] for entry in theirs] == list(range(1, till.sequence + 1))
        known = {sent.event.event_id: sent.event.body for sent, _ in till.settled}
        there = {entry[0]: entry[4] for entry in theirs if entry[3] != EventKind.FINDING}
        assert there == known
        receipts = [entry for entry in entries if entry[1] == name and entry[3] == EventKind.RECEIPT]
        own = [decode_receipt(entry[4]) for entry in receipts if not entry[2]]
        unsigned = {receipt.receipt_number for receipt in own if receipt.tse and receipt.tse.failure == BOOKED}
        assert unsigned == days.book[name].without_tse
        told = [replace(receipt, tse=None) for receipt in own]
        booked = [_as_kept(receipt) for receipt in days.book[name].recorded]
        assert told == [receipt for receipt in booked if receipt.receipt_number in {one.receipt_number for one in own}]
        numbers = [decode_receipt(entry[4]).receipt_number for entry in receipts]
        assert numbers == [receipt.receipt_number for receipt in booked]
    assert len({entry[0] for entry in entries}) == len(entries)
    return len(entries)


def _as_kept(receipt: Receipt) -> Receipt:
    """As the bytes keep it."""
    return decode_receipt(encode_receipt(receipt))


async def all_summaries(desks: Desks) -> list[Summary]:
    """What central pulls."""
    return [one async for one in desks.sales.summaries(None, desks.branch.journal.head)]


async def summaries_are_the_closings(days: Days) -> None:
    """What central pulls, and what central then reports."""
    summaries = await all_summaries(days.branch.desks)
    assert {(one.register_id, one.z_number) for one in summaries} == days.closings.keys()
    for one in summaries:
        closing = days.closings[one.register_id, one.z_number]
        assert (one.figures, one.business_day) == (closing.figures, closing.business_day)
        assert (one.columns, one.articles) == (closing.columns, closing.articles)
    report = await at_central(days.branch.folder, summaries)
    told = {(row.register_id, row.z_number): row for row in report.rows}
    assert told.keys() == days.closings.keys()
    for name, row in told.items():
        assert (row.figures, row.business_day) == (days.closings[name].figures, days.closings[name].business_day)
    receipts = [receipt for register in days.book.values() for each in register.closed for receipt in each.timed]
    sum_is_that_of(report.total, receipts)


def sum_is_that_of(figures: Figures, receipts: list[Receipt]) -> None:
    """A sum over days is what all their receipts come to; only the best articles are not summed from parts."""
    plain = plain_figures(receipts, numbered=False)
    for name in (
        "receipt_count",
        "line_count",
        "gross_cents",
        "cash_cents",
        "sale_count",
        "return_cents",
        "void_cents",
    ):
        assert getattr(figures, name) == getattr(plain, name), name
    for name in ("vat", "payments", "business_cases", "cash", "hours", "categories", "users"):
        assert getattr(figures, name) == getattr(plain, name), name


async def at_central(folder: Path, summaries: list[Summary]) -> Report:
    """The summaries as one gateway's answer to a real central on SQLite."""
    place = folder / "central"
    place.mkdir()
    database = open_database(default_url(place))
    try:
        await Branches(database, SystemClock(), "c1", lambda: None).add(BranchSettings("mitte", "Mitte"))
        sessions = Sessions()
        pulling = Summaries(database, SystemClock(), sessions)
        with sessions.opened("mitte", Greeting("0.1.0", b"journal-one-----", 0, "")) as session:
            pull = asyncio.create_task(pulling.pull("mitte", ""))
            request = await anext(session.requests())
            await pulling.take("mitte", request.request_id, summaries)
            session.answered(RequestDone(request.request_id))
            await pull
        return await Reports(database).report("", "", "")
    finally:
        await database.close()


def export_is_the_journal(days: Days) -> None:
    """All closed days, exported, checked by the checker, and re-read by csv: cent by cent the journal and the printed Z."""
    recorded = recorded_by_closing(days.branch.folder / "branch.db")
    assert recorded.keys() == days.closings.keys()
    if recorded:
        exported = exported_until(days.branch.folder, days.branch.now_ms)
        compared(exported, recorded, days.closings)
        found_clean(exported, days.branch.folder)


def exported_until(folder: Path, now_ms: int) -> Exported:
    """Everything closed until now, by the clock of the shop."""
    until = business_day(now_ms, 0)
    work = make_workplace(folder)
    summary = Export(Task(ExportOrder("2026-01-01", until), str(folder), str(work), now_ms), lambda _: None).make()
    content = (work / ZIP_NAME).read_bytes()
    return Exported(summary, content, unpacked(content))


def found_clean(exported: Exported, folder: Path) -> None:
    """The checker, signatures included, finds nothing."""
    file = folder / "export.zip"
    file.write_bytes(exported.content)
    assert inspect(file, signatures=verify).faults == ()


def compared(exported: Exported, recorded: Recorded, closings: Closings) -> None:
    """An export against the receipts of the journal and the Z as printed."""
    heads = exported.by_closing("transactions")
    assert heads.keys() == recorded.keys()
    lines, vat, paid = (_by_receipt(exported, stem) for stem in ("lines_vat", "transactions_vat", "datapayment"))
    for name, receipts in recorded.items():
        assert [row["BON_ID"] for row in heads[name]] == [event_id.hex() for event_id, _ in receipts]
        for (event_id, receipt), head in zip(receipts, heads[name], strict=True):
            key = event_id.hex()
            _receipt(receipt, head, lines.get(key, []), vat.get(key, []), paid.get(key, []))
        _closing(exported, name, closings[name].figures)


def _by_receipt(exported: Exported, stem: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in exported.rows(stem):
        found.setdefault(row["BON_ID"], []).append(row)
    return found


def _receipt(receipt: Receipt, head: Row, lines: list[Row], vat: list[Row], paid: list[Row]) -> None:
    assert (int(head["BON_NR"]), head["BON_TYP"]) == (receipt.running_number, receipt.type.dsfinvk)
    assert cents(head["UMS_BRUTTO"]) == receipt.total_cents
    live: Counter[int] = Counter()
    for line in receipt.lines:
        live[line.vat_key] += 0 if line.voided else line.gross_cents
    shares: Counter[int] = Counter()
    for line, row in zip(receipt.lines, lines, strict=True):
        assert cents(row["POS_BRUTTO"]) == (0 if line.voided else line.gross_cents)
        assert cents(row["POS_BRUTTO"]) == cents(row["POS_NETTO"]) + cents(row["POS_UST"])
        shares[int(row["UST_SCHLUESSEL"])] += cents(row["POS_UST"])
    for row in vat:
        key, gross = int(row["UST_SCHLUESSEL"]), cents(row["BON_BRUTTO"])
        net = net_of(gross, RATES[key])
        assert (gross, cents(row["BON_NETTO"]), cents(row["BON_UST"])) == (live[key], net, gross - net)
        assert shares[key] == gross - net
    expected = [(each.type.dsfinvk, each.amount_cents) for each in receipt.payments]
    assert [(row["ZAHLART_TYP"], cents(row["BASISWAEH_BETRAG"])) for row in paid] == expected


def _closing(exported: Exported, name: tuple[str, int], figures: Figures) -> None:
    (head,) = exported.by_closing("cashpointclosing")[name]
    cases = exported.by_closing("businesscases").get(name, [])
    payments = exported.by_closing("payment").get(name, [])
    by_type: Counter[str] = Counter()
    for row in figures.payments:
        by_type[row.type] += row.amount_cents
    assert cents(head["Z_SE_BARZAHLUNGEN"]) == by_type["Bar"]
    assert cents(head["Z_SE_ZAHLUNGEN"]) == sum(row.amount_cents for row in figures.payments)
    assert total(cases, "Z_UMS_BRUTTO") == figures.gross_cents
    assert total(cases, "Z_UST") == sum(row.vat_cents for row in figures.vat)
    assert _sums(cases, "GV_TYP", "Z_UMS_BRUTTO") == {
        row.business_case: row.gross_cents for row in figures.business_cases
    }
    assert _sums(payments, "ZAHLART_TYP", "Z_ZAHLART_BETRAG") == {
        kind: by_type[kind] for kind in {row.type for row in figures.payments}
    }


def _sums(rows: list[Row], by: str, column: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        found[row[by]] = found.get(row[by], 0) + cents(row[column])
    return found
