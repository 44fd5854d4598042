"""What the terminal till shows was partly made elsewhere, and none of it does anything to the terminal."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path

from rich.console import Console

from branchgate.catalogue import Article, EntryType
from branchgate.clock import SystemClock
from branchgate.register import RegisterClient
from branchgate.register.catalogue import RegisterCatalogue
from branchgate.register.till.terminal import Terminal
from branchgate.register.till.till import Till
from branchgate.v1 import printing_pb2
from tests.branchgate.register.served_gateway import open_plainly
from tests.branchgate.register.stocked import stocked

HOSTILE = "[/] [red]x[/red] :warning: \x1b[2J\x1b]0;owned\x07 \x9b31m \u202e"
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
        terminal._ask_about(printing_pb2.PrintJob(title=HOSTILE))
        await till.close()
    lines = shown.getvalue().splitlines()
    assert all(line.isprintable() for line in lines)
    assert sum(HARMLESS.rstrip() in line for line in lines) >= 3
