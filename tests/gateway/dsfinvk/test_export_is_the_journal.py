"""An export re-read is the journal: receipt by receipt, line by line, cent by cent, whatever was sold and whenever it was closed."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from branchgate.events import EventKind
from branchgate.receipts.model import PaymentType, Receipt, ReceiptType
from branchgate.vat import NOT_TAXABLE
from gateway.dsfinvk.order import Progress
from tests.branchgate.receipt_strategies import days
from tests.gateway.dsfinvk.exported import DAY, Exported, Row, Shop, cents, export, total
from tests.gateway.sales.plain_figures import plain_figures
from tests.gateway.sales.written_journal import WrittenJournal

REGISTERS = ("kasse-1", "kasse-2")


def written(folder: Path, day: list[tuple[str, Receipt]], closings: list[int]) -> Shop:
    """A journal of these receipts; `closings` names behind which receipt all registers are closed."""
    shop = Shop(WrittenJournal(folder))
    for place, (register_id, receipt) in enumerate(day):
        shop.sell(register_id, receipt)
        if place in closings:
            for name in list(shop.open):
                shop.close_day(name)
    for name in list(shop.open):
        shop.close_day(name)
    shop.journal.close()
    return shop


def shown(text: str) -> str:
    """A text as a column has it, as far as these texts go."""
    return "".join(" " if ord(character) < 32 or 127 <= ord(character) < 160 else character for character in text)


def same_receipt(receipt: Receipt, head: Row, exported: Exported, event_id: bytes) -> None:
    assert int(head["BON_NR"]) == receipt.running_number
    assert head["BON_TYP"] == receipt.type.dsfinvk
    assert cents(head["UMS_BRUTTO"]) == receipt.total_cents
    assert head["BEDIENER_ID"] == (receipt.user_id or "-")
    lines = exported.of_receipt("lines", event_id)
    amounts = exported.of_receipt("lines_vat", event_id)
    assert [row["POS_ZEILE"] for row in lines] == [str(line.line_number) for line in receipt.lines]
    assert [row["POS_ZEILE"] for row in amounts] == [row["POS_ZEILE"] for row in lines]
    for line, row, amount in zip(receipt.lines, lines, amounts, strict=True):
        assert row["GV_TYP"] == line.business_case.dsfinvk
        assert row["ARTIKELTEXT"] == shown(line.text) or not shown(line.text).strip()
        assert row["P_STORNO"] == ("1" if line.voided else "0")
        assert int(row["MENGE"].replace(",", "")) == line.quantity_thousandths
        assert cents(row["STK_BR"]) == line.unit_price // 1000
        assert int(amount["UST_SCHLUESSEL"]) == line.vat_key
        assert cents(amount["POS_BRUTTO"]) == (0 if line.voided else line.gross_cents)
        assert cents(amount["POS_BRUTTO"]) == cents(amount["POS_NETTO"]) + cents(amount["POS_UST"])
    printed = Counter({vat.vat_key: vat.vat_cents for vat in receipt.vat_sums})
    by_key: Counter[int] = Counter()
    for amount in amounts:
        by_key[int(amount["UST_SCHLUESSEL"])] += cents(amount["POS_UST"])
    if receipt.vat_sums:
        assert {key: value for key, value in by_key.items() if value} == {k: v for k, v in printed.items() if v}
    vat = exported.of_receipt("transactions_vat", event_id)
    assert [
        (int(row["UST_SCHLUESSEL"]), cents(row["BON_BRUTTO"]), cents(row["BON_NETTO"]), cents(row["BON_UST"]))
        for row in vat
    ] == [(each.vat_key, each.gross_cents, each.net_cents, each.vat_cents) for each in receipt.vat_sums]
    paid = [
        (row["ZAHLART_TYP"], cents(row["BASISWAEH_BETRAG"])) for row in exported.of_receipt("datapayment", event_id)
    ]
    expected = [(payment.type.dsfinvk, payment.amount_cents) for payment in receipt.payments]
    if receipt.type is ReceiptType.BELEG and not expected:
        expected = [("Keine", 0)]
    assert paid == expected


@settings(max_examples=15, deadline=None)
@given(day=days(most=14), closings=st.lists(st.integers(0, 13), max_size=3))
def test_an_export_of_any_day_is_the_journal(day: list[tuple[str, Receipt]], closings: list[int]) -> None:
    if not day:
        return
    with tempfile.TemporaryDirectory() as name:
        shop = written(Path(name), day, closings)
        exported = export(Path(name))
    heads = exported.by_closing("transactions")
    assert heads.keys() == shop.closed.keys()
    for closing, receipts in shop.closed.items():
        assert [row["BON_ID"] for row in heads[closing]] == [event_id.hex() for event_id, _ in receipts]
        for (event_id, receipt), head in zip(receipts, heads[closing], strict=True):
            same_receipt(receipt, head, exported, event_id)
        sums_are_those_of_the_z(exported, closing, [receipt for _, receipt in receipts])
    assert exported.summary.receipts == len(day)
    assert exported.summary.lines == sum(len(receipt.lines) for _, receipt in day)


def sums_are_those_of_the_z(exported: Exported, closing: tuple[str, int], receipts: list[Receipt]) -> None:
    figures = plain_figures(receipts)
    (head,) = exported.by_closing("cashpointclosing")[closing]
    payments = exported.by_closing("payment").get(closing, [])
    cases = exported.by_closing("businesscases").get(closing, [])
    assert total(cases, "Z_UMS_BRUTTO") == figures.gross_cents
    assert total(cases, "Z_UST") == sum(vat.vat_cents for vat in figures.vat)
    assert {row["GV_TYP"]: 0 for row in cases} == {case.business_case: 0 for case in figures.business_cases}
    for case in figures.business_cases:
        assert total([row for row in cases if row["GV_TYP"] == case.business_case], "Z_UMS_BRUTTO") == case.gross_cents
    paid = sum(payment.amount_cents for payment in figures.payments)
    assert cents(head["Z_SE_ZAHLUNGEN"]) == paid == total(payments, "Z_ZAHLART_BETRAG")
    assert cents(head["Z_SE_BARZAHLUNGEN"]) == sum(row.amount_cents for row in figures.payments if row.type == "Bar")
    by_currency = {
        row["ZAHLART_WAEH"]: cents(row["ZAHLART_BETRAG_WAEH"])
        for row in exported.by_closing("cash_per_currency")[closing]
    }
    drawer: Counter[str] = Counter({"EUR": 0})
    for receipt in receipts:
        if receipt.type is ReceiptType.BELEG:
            for payment in receipt.payments:
                if payment.type is PaymentType.BAR:
                    amount = payment.amount_cents if payment.currency == "EUR" else payment.foreign_amount
                    drawer[payment.currency] += amount
    assert by_currency == dict(drawer)
    keys = {int(row["UST_SCHLUESSEL"]) for row in exported.by_closing("vat")[closing]}
    used = {line.vat_key for receipt in receipts for line in receipt.lines}
    used |= {vat.vat_key for receipt in receipts for vat in receipt.vat_sums}
    # Every closing names a key, one that sold nothing that of what is not taxable.
    assert keys == (used or {NOT_TAXABLE})


def test_the_same_days_give_the_same_bytes(tmp_path: Path) -> None:
    day = _ordinary_day()
    shop = written(tmp_path, day, [2])
    told: list[Progress] = []
    first, second = export(tmp_path, told=told), export(tmp_path)
    assert first.content == second.content
    assert told[-1] == Progress("write", 20, 20)
    assert len(shop.closed) == 4


def test_only_the_register_and_the_days_asked_for_are_exported(tmp_path: Path) -> None:
    shop = Shop(WrittenJournal(tmp_path))
    for register_id, day in (("kasse-1", "2026-10-15"), ("kasse-1", DAY), ("kasse-2", DAY), ("kasse-1", "2026-10-17")):
        for _, receipt in _ordinary_day()[:2]:
            shop.sell(register_id, receipt)
        shop.close_day(register_id, day)
    shop.journal.append("kasse-1", EventKind.DRAWER, b"")
    shop.journal.close()
    exported = export(tmp_path, DAY, DAY, register_id="kasse-1")
    assert [(row["Z_KASSE_ID"], row["Z_NR"]) for row in exported.rows("cashpointclosing")] == [("kasse-1", "2")]
    expected = [event_id.hex() for event_id, _ in shop.closed["kasse-1", 2]]
    assert [row["BON_ID"] for row in exported.rows("transactions")] == expected
    (head,) = exported.rows("cashpointclosing")
    assert (head["Z_START_ID"], head["Z_ENDE_ID"]) == (expected[0], expected[-1])
    both = export(tmp_path, DAY, DAY)
    assert [(row["Z_KASSE_ID"], row["Z_NR"]) for row in both.rows("cashpointclosing")] == [
        ("kasse-1", "2"),
        ("kasse-2", "1"),
    ]


def _ordinary_day() -> list[tuple[str, Receipt]]:
    from tests.gateway.sales.samples import sample_receipt

    return [(REGISTERS[number % 2], sample_receipt(number, gross_cents=100 * number)) for number in range(1, 7)]
