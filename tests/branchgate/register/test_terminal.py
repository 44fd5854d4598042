"""The terminal till: what it shows does nothing to the terminal, and what is rung up is one receipt from its first line to its payment."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from rich.console import Console

from branchgate.catalogue import Article, EntryType
from branchgate.clock import SystemClock
from branchgate.receipts.model import Receipt
from branchgate.register import RegisterClient
from branchgate.register.catalogue import RegisterCatalogue
from branchgate.register.till.terminal import Terminal
from branchgate.register.till.till import Till
from branchgate.v1 import printing_pb2
from tests.branchgate.register.served_gateway import open_plainly
from tests.branchgate.register.stocked import stocked

HOSTILE = "[/] [red]x[/red] :warning: \x1b[2J\x1b]0;owned\x07 \x9b31m \u202e"
UNCERTAIN = printing_pb2.PrintJob(title=HOSTILE, state=printing_pb2.PRINT_JOB_STATE_UNCERTAIN)
HARMLESS = "[/] [red]x[/red] :warning:  [2J ]0;owned   31m  "


def with_hostile_article(folder: Path) -> None:
    stocked(folder)
    catalogue = RegisterCatalogue(folder / "catalogue.db")
    article = Article("20001", HOSTILE, 100, 1, 1900)
    catalogue.sink.begin_snapshot()
    catalogue.sink.put(EntryType.ARTICLE, article.article_number, article.encode())
    catalogue.sink.commit(b"rig")
    catalogue.sink.swap(b"rig")
    catalogue.close()


async def typed(*lines: str) -> AsyncIterator[str]:
    for line in lines:
        yield line


async def test_names_and_texts_from_elsewhere_are_shown_as_they_are(tmp_path: Path) -> None:
    """Article names reached the terminal with their escape sequences."""
    with_hostile_article(tmp_path)
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, color_system=None, width=200)
    async with RegisterClient(tmp_path, open_channel=open_plainly) as register:
        till = Till(register, SystemClock(), user_id="anna", user_name=HOSTILE)
        await till.remember()
        terminal = Terminal(register, till, "de", console)
        await terminal.run(typed("20001", "[/]", HOSTILE, "bar", f"storno {HOSTILE}", f"kopie {HOSTILE}", "status"))
        terminal._prints.noted(UNCERTAIN)
        await till.close()
    lines = shown.getvalue().splitlines()
    assert all(line.isprintable() for line in lines)
    assert sum(HARMLESS.rstrip() in line for line in lines) >= 3


class SlowHours:
    """A clock that is an hour on whenever it is asked."""

    def __init__(self) -> None:
        self._now_ms = 1_800_000_000_000

    def now_ms(self) -> int:
        self._now_ms += 3_600_000
        return self._now_ms

    def monotonic_ms(self) -> int:
        return self._now_ms


async def shown_at_the_till(folder: Path, *lines: str) -> tuple[str, list[Receipt]]:
    stocked(folder)
    shown = io.StringIO()
    async with RegisterClient(folder, open_channel=open_plainly) as register:
        till = Till(register, SlowHours(), user_id="anna", user_name="Anna")
        await Terminal(register, till, "de", Console(file=shown, width=200)).run(typed(*lines))
        receipts = [held.receipt for held in await register.inspect(lambda outbox: outbox.receipts(10))]
        await till.close()
    return shown.getvalue(), receipts


async def test_a_sale_begins_with_its_first_line_not_with_its_payment(tmp_path: Path) -> None:
    """Receipts said that they began and ended in the same second, however long a basket took."""
    _, receipts = await shown_at_the_till(tmp_path, "10002", "1 * 10001", "bar", "1 * 10001", "karte")
    assert [receipt.finished_at_ms - receipt.started_at_ms for receipt in receipts] == [3_600_000, 3_600_000]


@pytest.mark.parametrize("word", ["z", "rückgabe"])
async def test_an_open_receipt_is_finished_first(tmp_path: Path, word: str) -> None:
    """A return threw the open receipt away without a word, and a closing left it to the next day."""
    shown, (receipt,) = await shown_at_the_till(tmp_path, "1 * 10001", word, "bar")
    assert "noch offen" in shown
    assert receipt.total_cents == 299


async def test_a_whole_day_is_typed_in_german(tmp_path: Path) -> None:
    """Every receipt of it is booked as the page about the day's end maps it."""
    shown, receipts = await shown_at_the_till(
        tmp_path,
        "anfang 150,00",
        "2 * 10002",
        "rabatt 10%",
        "bonrabatt 0,20 Treue",
        "trinkgeld 1,00",
        "karte girocard 1,00",
        "bar 5,00",
        "gutschein G1 25,00",
        "bar",
        "kunde 4711 Erika Beispiel",
        "1 * 10001",
        "einlösen G1 1,00",
        "rechnung",
        "begleichen K1-000004",
        "fremd CHF 5,00 4,80",
        "anzahlung 50,00 1 Fahrrad",
        "karte Visa",
        "aus 2,50 Porto",
        "zurbank 100,00",
        "personal 7 Bela",
    )
    assert [receipt.total_cents for receipt in receipts] == [15_000, 272, 2_500, 0, 199, 5_000, -250, -10_000]
    assert [paid.type.dsfinvk for paid in receipts[1].payments] == ["ECKarte", "Bar"]
    assert receipts[1].change_cents == 500 - 172
    assert [line.text for line in receipts[1].lines if line.business_case.dsfinvk == "Rabatt"] == [
        "Rabatt 10 %",
        "Treue",
    ]
    assert receipts[3].customer == receipts[4].customer
    assert [(paid.currency, paid.amount_cents) for paid in receipts[4].payments] == [("EUR", -281), ("CHF", 480)]
    assert receipts[6].lines[0].business_case_name == "Porto"
    assert "Noch zu zahlen" in shown
    assert "Noch keine Position erfasst" in shown


async def test_the_same_is_typed_in_english(tmp_path: Path) -> None:
    _, receipts = await shown_at_the_till(
        tmp_path,
        "float 150",
        "1 * 10001",
        "surcharge 1.00 Gift wrap",
        "receipt-surcharge 10%",
        "tip employer 1.00 1",
        "cash 20",
        "voucher G1 25",
        "card",
        "10002",
        "staff 7 Bela",
        "return K1-000002",
        "1 * 10001",
        "cash",
    )
    assert [receipt.total_cents for receipt in receipts] == [15_000, 539, 2_500, 104, -439]
    assert [receipt.type.dsfinvk for receipt in receipts][3] == "AVSachbezug"


async def test_an_abandoned_receipt_is_on_record_also_when_the_cashier_just_leaves(tmp_path: Path) -> None:
    """Giving a receipt up left no trace at all."""
    shown, receipts = await shown_at_the_till(tmp_path, "10002", "abbruch", "abbruch", "1 * 10001", "ende")
    assert [receipt.type.dsfinvk for receipt in receipts] == ["AVBelegabbruch", "AVBelegabbruch"]
    assert "als K1-000001 vermerkt" in shown
    assert "Nichts war erfasst" in shown


async def test_what_hardly_happens_is_asked_back(tmp_path: Path) -> None:
    shown, receipts = await shown_at_the_till(
        tmp_path, "10002", "bar 5000", "nein", "bar 5000", "ja", "anfang 10", "anfang 20", "ja", "anfang 30", "x"
    )
    assert shown.count("sind ungewöhnlich viel") == 2
    assert "Kein Druck ist unklar" not in shown
    assert [receipt.cash_given_cents or receipt.total_cents for receipt in receipts] == [500_000, 1_000, 2_000]


async def test_training_stays_on_until_it_is_switched_off(tmp_path: Path) -> None:
    shown, receipts = await shown_at_the_till(
        tmp_path, "schulung", "10002", "schulung", "bar", "10002", "bar", "schulung", "10002", "bar"
    )
    assert [receipt.type.dsfinvk for receipt in receipts] == ["AVTraining", "AVTraining", "Beleg"]
    assert "Übungsbon K1-000001" in shown


async def test_a_line_that_is_taken_off_takes_its_discount_along_and_may_still_come_back(tmp_path: Path) -> None:
    shown, receipts = await shown_at_the_till(
        tmp_path,
        "10002",
        "rabatt 0,10",
        "zurück",
        "zurück",
        "10002",
        "bar",
        "rückgabe K1-000001",
        "10002",
        "zurück",
        "10002",
        "10002",
        "bar",
    )
    assert [receipt.total_cents for receipt in receipts] == [104, -104]
    assert "mehr zurück, als verkauft wurde" in shown


async def test_a_receipt_that_is_paid_in_part_is_not_thrown_away(tmp_path: Path) -> None:
    shown, receipts = await shown_at_the_till(tmp_path, "10002", "karte 0,50", "abbruch", "bar")
    assert "schon 0,50 Euro bezahlt" in shown
    assert [(receipt.total_cents, len(receipt.payments)) for receipt in receipts] == [(104, 2)]


async def test_only_what_is_new_on_the_receipt_is_shown(tmp_path: Path) -> None:
    """A discount moved the deposit down, and the deposit was shown a second time."""
    shown, _ = await shown_at_the_till(tmp_path, "10002", "rabatt 10%", "10002", "bar")
    assert shown.count("Pfand Wasser") == 2
    assert shown.count("Rabatt 10 %") == 1
