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
