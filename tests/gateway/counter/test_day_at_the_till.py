"""A cashier's day at a whole gateway: booked, counted, closed, and the next one begun with the float that stayed."""

from __future__ import annotations

import asyncio
import io
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

from rich.console import Console

from branchgate.catalogue import SETTINGS_KEY, Article, EntryType
from branchgate.clock import SystemClock
from branchgate.register import RegisterClient
from branchgate.register.till.terminal import Terminal
from branchgate.register.till.till import Till
from branchgate.sync.source import Entry
from tests.gateway.counter.test_without_hardware import SHOP
from tests.rigs.branch import COMMAND, Branch
from tests.rigs.patience import patient, until

WATER = Article("10002", "Wasser", 79_000, 1, 1900, deposit=25_000)


def findings_of(branch: Branch) -> str:
    """What the operator is shown."""
    command = [*COMMAND[:3], "gateway", "findings", "--data", str(branch.data)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


async def test_a_day_is_booked_counted_and_closed_at_the_till(tmp_path: Path) -> None:
    """Expected cash, the count's difference and the carried float agree with what was typed; nothing of it is a finding."""
    shown = io.StringIO()

    async def settled() -> None:
        async with patient("the gateway"):
            await register.until(lambda state: state.pending == 0)

    async def said(text: str) -> None:
        await until(lambda: text in shown.getvalue(), lambda: f"{text!r}; the till says\n{shown.getvalue()}")

    async def cashier() -> AsyncIterator[str]:
        yield "anfang 150,00"
        yield "5 * 10002"
        yield "rabatt 10%"
        yield "trinkgeld 0,30"
        yield "bar 10"
        yield "rückgabe K1-0000002"
        yield "10002"
        yield "bar"
        yield "rückgabe K1-0000777"
        await said("„K1-0000777“")
        yield "rückgabe"
        yield "10002"
        yield "bar"
        yield "schulung"
        yield "aus 50 Übung"
        yield "storno K1-0000002"
        yield "schulung"
        yield "10002"
        yield "storno"
        yield "abbruch"
        yield "aus 2,50 Porto"
        yield "schulung"
        yield "10002"
        yield "bar"
        yield "schulung"
        yield "10002"
        yield "abbruch"
        await settled()
        # 150.00 + 5.10 - 0.96 - 1.04 - 2.50 should be there; a cent is too much.
        yield "zählung 3x50 61x0,01"
        yield "status"
        yield "z"
        await said("Z 1")
        yield "10002"
        yield "bar"
        await settled()
        yield "anfang 100,00"
        yield "nein"
        yield "aus 5000 Tresor"
        yield "nein"
        yield "z ohne bestand"
        yield "nein"

    with Branch(tmp_path, registers=1) as branch:
        await branch.stock(
            [
                Entry(EntryType.BRANCH_SETTINGS, SETTINGS_KEY, SHOP.encode()),
                Entry(EntryType.ARTICLE, WATER.article_number, WATER.encode()),
            ]
        )
        await asyncio.to_thread(branch.start)
        async with RegisterClient(branch.register_folder("kasse-1")) as register:
            async with patient("the catalogue"):
                await register.until(lambda state: state.articles > 0)
            till = Till(register, SystemClock(), user_id="anna", user_name="Anna")
            await Terminal(register, till, "de", Console(file=shown, width=200)).run(cashier())
            await till.close()
            found = await register.inspect(lambda outbox: outbox.findings())
            numbers = await register.inspect(lambda outbox: outbox.numbers_of_findings())
            drawer = await register.gateway.expected_cash()
            told = await asyncio.to_thread(findings_of, branch)
            receipts = await register.inspect(lambda outbox: outbox.receipts(20))
    text = shown.getvalue()
    assert [(each.reason, numbers[event_id]) for event_id, each in found] == [("REFERENCE_MISSING", "K1-0000004")]
    assert "K1-0000004: " in text
    assert "K1-0000004" in told
    counted_cents = 15_061
    assert {figure.business_case: figure.amount_cents for figure in drawer.cash} == {
        "Anfangsbestand": counted_cents,
        "Umsatz": 104,
    }
    assert drawer.expected_cents == counted_cents + 104
    assert "Der Anfangsbestand dieser Periode ist schon gebucht" in text
    assert "In der Lade sollten nur 151,65 Euro sein, weniger als 5.000,00" in text
    assert "In der Lade sollten 151,65 Euro sein, und keine Entnahme ist gebucht" in text
    assert "Z 2" not in text
    assert len(receipts) == 9
