"""What one till sold, another one takes back, settles and uses: the gateway tells it what was sold and what became of it since."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

from rich.console import Console

from branchgate.catalogue import SETTINGS_KEY, EntryType
from branchgate.clock import SystemClock
from branchgate.receipts.model import Receipt
from branchgate.register import RegisterClient
from branchgate.register.till.terminal import Terminal
from branchgate.register.till.till import Till
from branchgate.sync.source import Entry
from tests.gateway.counter.test_day_at_the_till import WATER
from tests.gateway.counter.test_without_hardware import SHOP
from tests.rigs.branch import Branch
from tests.rigs.patience import patient


async def typed(branch: Branch, register_id: str, *lines: str) -> tuple[str, list[Receipt]]:
    """What a till that has just been switched on says to these lines, and the receipts it still holds."""
    shown = io.StringIO()

    async def cashier() -> AsyncIterator[str]:
        for line in lines:
            yield line

    async with RegisterClient(branch.register_folder(register_id)) as register:
        async with patient("the catalogue"):
            await register.until(lambda state: state.articles > 0)
        till = Till(register, SystemClock(), user_id="anna", user_name="Anna")
        await Terminal(register, till, "de", Console(file=shown, width=200)).run(cashier())
        await till.close()
        async with patient("the gateway"):
            await register.until(lambda state: state.pending == 0)
        found = await register.inspect(lambda outbox: outbox.findings())
        receipts = [happened.receipt for happened in await register.inspect(lambda outbox: outbox.receipts(20))]
    assert found == []
    return shown.getvalue(), receipts


async def test_receipts_of_another_till_are_known_with_what_became_of_them(tmp_path: Path) -> None:
    """Settling an invoice twice, using a down payment twice and taking back what nobody had sold were all paid out without a word."""
    with Branch(tmp_path, registers=2) as branch:
        await branch.stock(
            [
                Entry(EntryType.BRANCH_SETTINGS, SETTINGS_KEY, SHOP.encode()),
                Entry(EntryType.ARTICLE, WATER.article_number, WATER.encode()),
            ]
        )
        await asyncio.to_thread(branch.start)
        _, sold = await typed(
            branch,
            "kasse-1",
            *("3 * 10002", "rabatt 10%", "bar"),
            *("10002", "kunde 4711 Erika Beispiel", "rechnung"),
            *("anzahlung 20,00 1", "bar"),
            *("10002", "abbruch"),
        )
        sale, invoice, down, given_up = (receipt.receipt_number for receipt in sold)
        said, made = await typed(
            branch,
            "kasse-2",
            *(f"rückgabe {sale}", "10002", "bar"),
            *(f"begleichen {invoice}", "bar"),
            *(f"begleichen {invoice}",),
            *("30 * 10002", f"anrechnen {down}", "bar"),
            *("30 * 10002", f"anrechnen {down}", "abbruch"),
            *(f"rückgabe {given_up}", f"storno {down}", "rückgabe K1-0000777"),
        )
        back, settlement, used, abandoned = made
        assert [(each.register_id, each.receipt_number) for each in back.references] == [("kasse-1", sale)]
        assert back.total_cents == -divided_by_three(sold[0])
        assert settlement.total_cents == -sum(
            line.gross_cents for line in sold[1].lines if line.business_case.dsfinvk == "Forderungsentstehung"
        )
        assert used.total_cents == 30 * 104 - 2_000
        assert abandoned.total_cents == 0
        for refused in ("mehr beglichen", "mehr angerechnet", "nichts zurückzunehmen", "nicht storniert", "K1-0000777"):
            assert refused in said, said


def divided_by_three(sale: Receipt) -> int:
    """What one of three pieces cost: all lines of the sale divide evenly but the discount, which is rounded."""
    return round(sale.total_cents / 3)
