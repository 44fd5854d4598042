"""Figures against a second opinion in plain Python, over random days."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from branchgate.catalogue import Article
from branchgate.device_records import DrawerOpening
from branchgate.events import EventKind, Finding
from branchgate.figures import ArticleFigure, CashFigure, Closing, Figures, add
from branchgate.receipts.basket import Basket, Header, abandoned, money_movement, receipt_of, reversal_of
from branchgate.receipts.codec import encode_receipt
from branchgate.receipts.model import BusinessCase, Payment, PaymentType, Receipt, ReceiptType, TseSignature
from branchgate.records import FindingRecord, encode_finding_record
from gateway.sales.days import DayRule
from tests.branchgate.receipt_strategies import NOON_MS, days
from tests.gateway.sales.opened_store import opened_store
from tests.gateway.sales.plain_figures import plain_figures
from tests.gateway.sales.samples import sample_receipt
from tests.gateway.sales.written_journal import WrittenJournal

Day = list[tuple[str, Receipt]]

slow = settings(max_examples=10)

SIGNED = TseSignature("ab" * 32, 1, 2, NOON_MS, NOON_MS, "c2ln", "Kassenbeleg-V1", "Beleg^")


@contextmanager
def journal_of(day: Day) -> Iterator[WrittenJournal]:
    with TemporaryDirectory() as folder:
        journal = WrittenJournal(Path(folder))
        journal.receipts(day)
        yield journal
        journal.close()


def of(day: Day, register_id: str) -> list[Receipt]:
    return [receipt for register, receipt in day if register == register_id]


def closing(register_id: str, z_number: int, figures: Figures | None = None) -> Closing:
    return Closing(register_id, z_number, "2026-10-16", 1, 1, figures or Figures(), "anna", "2.4", b"h" * 32)


@slow
@given(day=days(), batch=st.integers(1, 7))
def test_figures_agree_to_the_cent_with_plain_arithmetic(day: Day, batch: int) -> None:
    with journal_of(day) as journal, opened_store(journal) as store:
        store.fill(batch)
        for register_id in {register for register, _ in day}:
            assert store.figures(register_id, 1) == plain_figures(of(day, register_id))


@slow
@given(day=days())
def test_the_branch_is_the_sum_of_its_registers(day: Day) -> None:
    with journal_of(day) as journal, opened_store(journal) as store:
        store.fill()
        parts = [store.figures(register_id, 1) for register_id in sorted({register for register, _ in day})]
        branch = store.branch()
        if len(parts) == 1:
            assert branch == parts[0]
        else:
            assert replace(branch, top_articles=()) == replace(add(parts), top_articles=())
            # An article in nobody's list of twenty cannot be among these few.
            assert sum(row.gross_cents for row in branch.top_articles) >= sum(
                row.gross_cents for row in add(parts).top_articles
            )


@slow
@given(day=days(registers=("kasse-1",)), cut=st.integers(0, 20))
def test_what_was_on_the_x_and_what_came_later_make_the_z(day: Day, cut: int) -> None:
    with journal_of(day[:cut]) as journal:
        with opened_store(journal) as store:
            store.fill()
            assert store.figures("kasse-1", 1) == plain_figures(of(day[:cut], "kasse-1"))
        journal.receipts(day[cut:])
        with opened_store(journal) as store:
            store.fill()
            z = store.figures("kasse-1", 1)
    parts = [plain_figures(of(part, "kasse-1")) for part in (day[:cut], day[cut:])]
    together = replace(
        add(parts),
        first_receipt_number=z.first_receipt_number,
        last_receipt_number=z.last_receipt_number,
        top_articles=z.top_articles,
        categories=z.categories,
    )
    assert z == together == plain_figures(of(day, "kasse-1"))


@slow
@given(day=days(), cuts=st.lists(st.integers(0, 20), max_size=4))
def test_a_closing_ends_its_registers_period_and_no_others(day: Day, cuts: list[int]) -> None:
    """Entries are put into periods by replay, also when the store is opened anew after each of them."""
    expected: dict[tuple[str, int], list[Receipt]] = {}
    z_numbers = {"kasse-1": 1, "kasse-2": 1}
    with TemporaryDirectory() as folder:
        journal = WrittenJournal(Path(folder))
        for place, (register_id, receipt) in enumerate(day):
            journal.receipts([(register_id, receipt)])
            expected.setdefault((register_id, z_numbers[register_id]), []).append(receipt)
            for _ in range(cuts.count(place)):
                journal.close_register(closing(register_id, z_numbers[register_id]))
                z_numbers[register_id] += 1
            if place in cuts:
                with opened_store(journal) as store:
                    store.fill()
        with opened_store(journal) as store:
            store.fill()
            for (register_id, z_number), receipts in expected.items():
                assert store.figures(register_id, z_number) == plain_figures(receipts)
        journal.close()


@slow
@given(day=days(most=8))
def test_lines_and_receipts_tell_the_same_gross_of_each_vat_key(day: Day) -> None:
    with journal_of(day) as journal, opened_store(journal) as store:
        store.fill()
        by_line = store.connection.execute(
            "SELECT vat_key, sum(gross_cents) FROM lines WHERE counts GROUP BY 1 ORDER BY 1"
        ).fetchall()
        assert by_line == [(row.vat_key, row.gross_cents) for row in store.branch().vat]


def test_findings_and_drawer_openings_count_in_their_period(tmp_path: Path) -> None:
    """A finding on a refused event is about nothing that was recorded; a drawer that stayed shut was not opened."""
    journal = WrittenJournal(tmp_path)
    journal.receipts([("kasse-1", sample_receipt())])
    finding = Finding("RECEIPT_SUM_MISMATCH", "total_cents", "1", "sum of the lines")
    recorded = FindingRecord(b"e" * 16, (finding, finding))
    refused = FindingRecord(b"f" * 16, (finding,), refused=True)
    for record in (recorded, refused):
        journal.append("kasse-1", EventKind.FINDING, encode_finding_record(record))
    for reason, outcome in (("SALE", "OPENED"), ("NO_SALE", "OPENED"), ("NO_SALE", "EXPIRED"), ("NO_SALE", "UNKNOWN")):
        opening = DrawerOpening(b"c" * 16, "lade", "anna", reason, outcome, 1)
        journal.append("kasse-1", EventKind.DRAWER, opening.encode())
    journal.close_register(closing("kasse-1", 1))
    journal.append("kasse-1", EventKind.DRAWER, DrawerOpening(b"c" * 16, "lade", "", "NO_SALE", "OPENED", 1).encode())
    journal.receipts([("kasse-1", sample_receipt())])
    with opened_store(journal) as store:
        store.fill()
        assert (store.figures("kasse-1", 1).finding_count, store.figures("kasse-1", 1).no_sale_count) == (2, 2)
        assert (store.figures("kasse-1", 2).finding_count, store.figures("kasse-1", 2).no_sale_count) == (0, 1)
    journal.close()


def test_a_deposit_neither_adds_to_its_article_nor_lends_it_its_name(tmp_path: Path) -> None:
    """Six bottles and their deposits bear one number; the list of top articles said "Pfand Wasser", twelve pieces."""
    journal = WrittenJournal(tmp_path)
    basket = Basket()
    basket.add(Article("W1", "Wasser", 89_000, 1, 1900, deposit=15_000), 6_000)
    receipt = basket.pay_cash(Header("K1-000001", 1, NOON_MS - 1, NOON_MS, "anna", "Anna"), 1_000)
    journal.receipts([("kasse-1", receipt), ("kasse-2", receipt)])
    with opened_store(journal) as store:
        store.fill()
        assert store.figures("kasse-1", 1).top_articles == (ArticleFigure("W1", "Wasser", 6_000, 534, "Stk"),)
        assert store.branch().top_articles == (ArticleFigure("W1", "Wasser", 12_000, 1_068, "Stk"),)
    journal.close()


def test_a_body_that_does_not_parse_is_a_finding_and_stops_nothing(tmp_path: Path) -> None:
    journal = WrittenJournal(tmp_path)
    journal.append("kasse-1", EventKind.RECEIPT, b"\xff\xff\xff")
    journal.receipts([("kasse-1", sample_receipt())])
    with opened_store(journal) as store:
        store.fill()
        figures = store.figures("kasse-1", 1)
        assert (figures.receipt_count, figures.finding_count) == (1, 1)
    journal.close()


def test_a_receipt_with_one_enormous_text_is_filled(tmp_path: Path) -> None:
    journal = WrittenJournal(tmp_path)
    receipt = sample_receipt()
    long = replace(receipt.lines[0], text='"' * 3_000_000)
    journal.append("kasse-1", EventKind.RECEIPT, encode_receipt(replace(receipt, lines=(long,))))
    with opened_store(journal) as store:
        store.fill()
        assert store.figures("kasse-1", 1).receipt_count == 1
    journal.close()


def test_a_business_day_starts_when_the_branch_says_and_stays_with_its_period(tmp_path: Path) -> None:
    """01:30 in Berlin is still yesterday in a bar; a new rule starts with the next period."""
    journal = WrittenJournal(tmp_path)
    half_past_one_ms = 1_792_193_400_000  # 2026-10-16T23:30:00Z
    night = replace(sample_receipt(), finished_at_ms=half_past_one_ms)
    journal.receipts([("kasse-1", night)])
    with opened_store(journal, DayRule("Europe/Berlin", 360)) as store:
        store.fill()
        store.filler.use(DayRule("Europe/Berlin", 0))
        journal.receipts([("kasse-1", night)])
        store.fill()
        journal.close_register(closing("kasse-1", 1))
        journal.receipts([("kasse-1", night)])
        store.fill()
        days = store.connection.execute("SELECT business_day FROM period_days ORDER BY period").fetchall()
        assert days == [("2026-10-16",), ("2026-10-17",)]
        assert [row.hour for row in store.figures("kasse-1", 1).hours] == [1]
    journal.close()


def test_a_clock_beyond_any_calendar_does_not_stop_the_store(tmp_path: Path) -> None:
    journal = WrittenJournal(tmp_path)
    journal.receipts(
        [("kasse-1", replace(sample_receipt(), finished_at_ms=at_ms)) for at_ms in (-(2**63), 0, 2**63 - 1)]
    )
    with opened_store(journal) as store:
        store.fill()
        assert store.figures("kasse-1", 1).receipt_count == 3
    journal.close()


def test_voids_of_movements_stand_apart_from_voids_of_sales_and_cash_goes_to_its_reason(tmp_path: Path) -> None:
    def header(number: int) -> Header:
        return Header(f"K1-{number:06d}", number, NOON_MS, NOON_MS + number, "anna", f"Anna {number}")

    sale = sample_receipt(1)
    float_receipt = money_movement(header(2), BusinessCase.ANFANGSBESTAND, 10_000, "Anfangsbestand")
    surcharge = replace(sale.lines[0], line_number=2, business_case=BusinessCase.AUFSCHLAG, article_number="")
    day = [
        sale,
        float_receipt,
        reversal_of(float_receipt, header(3), "kasse-1", b"\1" * 16),
        reversal_of(sale, header(4), "kasse-1", b"\1" * 16),
        receipt_of(header(5), [sale.lines[0], surcharge], [Payment(PaymentType.BAR, 2380)], tse=SIGNED),
        receipt_of(
            header(6), sale.lines, [Payment(PaymentType.EC_KARTE, 1190)], tse=replace(SIGNED, failure="offline")
        ),
        abandoned(header(7), sale.lines),
    ]
    journal = WrittenJournal(tmp_path)
    journal.receipts([("kasse-1", receipt) for receipt in day])
    with opened_store(journal) as store:
        store.fill()
        figures = store.figures("kasse-1", 1)
    assert figures == plain_figures(day)
    assert (figures.void_count, figures.void_cents) == (1, -1190)
    assert (figures.movement_void_count, figures.movement_void_cents) == (1, -10_000)
    assert figures.cash == (CashFigure("Umsatz", 3, 2380), CashFigure("Anfangsbestand", 2, 0))
    assert (figures.surcharge_cents, figures.abandoned_count, figures.sale_count) == (1190, 1, 3)
    assert (figures.signed_count, figures.unsigned_count) == (1, 1)
    assert [(row.user_id, row.user_name) for row in figures.users] == [("anna", "Anna 6")]
    journal.close()


def booked(running: int, *cases: tuple[BusinessCase, int], back: bool = False) -> Receipt:
    """A receipt of plain lines, paid in cash as far as something is to be paid."""
    lines = [
        replace(sample_receipt().lines[0], line_number=number, business_case=case, gross_cents=cents, article_number="")
        for number, (case, cents) in enumerate(cases, start=1)
    ]
    total = sum(cents for _, cents in cases)
    header = Header(f"K1-{running:06d}", running, NOON_MS, NOON_MS + running, "anna", "Anna")
    receipt = receipt_of(header, lines, [Payment(PaymentType.BAR if total else PaymentType.KEINE, total)])
    return replace(receipt, reverses_receipt=back)


BESIDE_TURNOVER = [
    booked(1, (BusinessCase.UMSATZ, 2_000), (BusinessCase.FORDERUNGSENTSTEHUNG, -2_000)),
    booked(2, (BusinessCase.FORDERUNGSAUFLOESUNG, 2_000)),
    booked(3, (BusinessCase.MEHRZWECKGUTSCHEIN_KAUF, 5_000)),
    booked(4, (BusinessCase.UMSATZ, 700), (BusinessCase.MEHRZWECKGUTSCHEIN_EINLOESUNG, -500)),
    booked(5, (BusinessCase.UMSATZ, 300), (BusinessCase.TRINKGELD_AN, 40)),
    booked(6, (BusinessCase.TRINKGELD_AN, -40)),
    booked(7, (BusinessCase.EINZWECKGUTSCHEIN_KAUF, 1_000)),
    booked(8, (BusinessCase.UMSATZ, 1_500), (BusinessCase.EINZWECKGUTSCHEIN_EINLOESUNG, -1_000)),
    booked(9, (BusinessCase.ANZAHLUNGSEINSTELLUNG, 10_000)),
    booked(10, (BusinessCase.TRINKGELD_AN, 40), back=True),
    booked(11, (BusinessCase.MEHRZWECKGUTSCHEIN_KAUF, -5_000)),
    booked(12, (BusinessCase.ANZAHLUNGSEINSTELLUNG, 100), (BusinessCase.TRINKGELD_AN, 10)),
]


def test_turnover_is_what_was_sold_and_what_is_taxed_when_paid_and_nothing_else(tmp_path: Path) -> None:
    """A tip that was paid out counted as a return, a paid account as a second sale, a voucher sold as turnover."""
    journal = WrittenJournal(tmp_path)
    journal.receipts([("kasse-1", receipt) for receipt in BESIDE_TURNOVER])
    with opened_store(journal) as store:
        store.fill()
        figures = store.figures("kasse-1", 1)
    journal.close()
    assert figures == plain_figures(BESIDE_TURNOVER)
    sold = 2_000 + 700 + 300 + 1_000 + (1_500 - 1_000) + 10_000 + 100
    told = {
        "turnover": figures.turnover_cents,
        "users": sum(row.gross_cents for row in figures.users),
        "hours": sum(row.gross_cents for row in figures.hours),
        "categories": sum(row.gross_cents for row in figures.categories),
    }
    assert told == dict.fromkeys(told, sold)
    assert (figures.return_count, figures.return_cents) == (0, 0)
    assert (figures.sale_count, figures.hours[0].receipt_count, figures.users[0].receipt_count) == (7, 7, 7)
    assert (figures.void_count, figures.movement_void_count, figures.movement_void_cents) == (0, 1, 40)


def test_foreign_cash_is_told_by_currency_and_is_no_euro_in_the_drawer(tmp_path: Path) -> None:
    francs = replace(
        sample_receipt(1), payments=(Payment(PaymentType.BAR, 1_840, "", "CHF", 2_000), Payment(PaymentType.BAR, -650))
    )
    journal = WrittenJournal(tmp_path)
    journal.receipts([("kasse-1", francs), ("kasse-1", sample_receipt(2))])
    with opened_store(journal) as store:
        store.fill()
        figures = store.figures("kasse-1", 1)
    journal.close()
    assert figures == plain_figures([francs, sample_receipt(2)])
    assert (figures.cash_cents, figures.cash) == (1190 - 650, (CashFigure("Umsatz", 2, 1190 - 650),))
    assert [(row.currency, row.amount_cents, row.foreign_amount) for row in figures.payments] == [
        ("CHF", 1_840, 2_000),
        ("EUR", 540, 0),
    ]


def test_empties_are_no_return_staff_goods_are_told_and_no_number_is_missing(tmp_path: Path) -> None:
    goods = replace(sample_receipt(2), type=ReceiptType.AV_SACHBEZUG, payments=())
    day = [
        replace(sample_receipt(1), type=ReceiptType.AV_TRAINING),
        goods,
        booked(3, (BusinessCase.PFAND_RUECKZAHLUNG, -25)),
        booked(4, (BusinessCase.UMSATZ, -700)),
        replace(sample_receipt(5), type=ReceiptType.AV_BELEGABBRUCH, payments=()),
    ]
    journal = WrittenJournal(tmp_path)
    journal.receipts([("kasse-1", receipt) for receipt in day])
    with opened_store(journal) as store:
        store.fill()
        figures = store.figures("kasse-1", 1)
    journal.close()
    assert figures == plain_figures(day)
    assert (figures.return_count, figures.return_cents, figures.sale_count) == (1, -700, 0)
    assert (figures.staff_count, figures.staff_cents) == (1, 1190)
    assert (figures.first_receipt_number, figures.last_receipt_number) == ("K1-000001", "K1-000005")
    assert figures.first_at_ms == NOON_MS + 3


def test_cash_of_receipts_that_are_nothing_but_a_voucher_a_claim_a_deposit_or_a_tip_stands_apart(
    tmp_path: Path,
) -> None:
    journal = WrittenJournal(tmp_path)
    journal.receipts([("kasse-1", receipt) for receipt in BESIDE_TURNOVER])
    with opened_store(journal) as store:
        store.fill()
        figures = store.figures("kasse-1", 1)
    journal.close()
    assert figures.cash == (
        CashFigure("Umsatz", 4, 200 + 340 + 500 + 110),
        CashFigure("TrinkgeldAN", 2, 0),
        CashFigure("EinzweckgutscheinKauf", 1, 1_000),
        CashFigure("MehrzweckgutscheinKauf", 2, 0),
        CashFigure("Forderungsaufloesung", 1, 2_000),
        CashFigure("Anzahlungseinstellung", 1, 10_000),
    )
    assert sum(row.amount_cents for row in figures.cash) == figures.cash_cents
