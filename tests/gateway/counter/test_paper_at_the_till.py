"""From the printer's paper sensor to the cashier: a whole gateway, a virtual printer, the terminal till."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

from rich.console import Console

from branchgate.catalogue import SETTINGS_KEY, EntryType
from branchgate.clock import SystemClock
from branchgate.register import RegisterClient
from branchgate.register.till.terminal import Terminal
from branchgate.register.till.till import Till
from branchgate.sync.source import Entry
from drivers.virtual.serving_cli import send_order
from tests.gateway.counter.test_without_hardware import APPLES, SETTINGS, SHOP
from tests.rigs.branch import Branch
from tests.rigs.patience import patient, until


async def test_the_cashier_is_told_that_the_paper_is_out_and_that_the_receipt_came_out_after_all(
    tmp_path: Path,
) -> None:
    """With the paper out the till was silent: only the gateway's own list of print jobs told of it."""
    shown, control = io.StringIO(), tmp_path / "theke.sock"

    async def said(text: str) -> None:
        await until(lambda: text in shown.getvalue(), lambda: f"{text!r}; the till says\n{shown.getvalue()}")

    async def cashier() -> AsyncIterator[str]:
        yield "0,486 * 10001"
        yield "karte"
        await said("kein Papier mehr")
        yield "status"
        await asyncio.to_thread(send_order, control, {"fault": "paper_out", "on": False})
        await said("ist jetzt doch gedruckt")

    with Branch(tmp_path, registers=1) as branch:
        settings = SETTINGS.replace("/paper", f"/paper&control={control}").format(folder=tmp_path)
        branch.data.joinpath("gateway.toml").write_text(settings, encoding="utf-8")
        await branch.stock(
            [
                Entry(EntryType.BRANCH_SETTINGS, SETTINGS_KEY, SHOP.encode()),
                Entry(EntryType.ARTICLE, APPLES.article_number, APPLES.encode()),
            ]
        )
        await asyncio.to_thread(branch.start)
        await until(control.exists, "the virtual printer's control socket")
        await asyncio.to_thread(send_order, control, {"fault": "paper_out", "on": True})
        async with RegisterClient(branch.register_folder("kasse-1")) as register:
            async with patient("the catalogue"):
                await register.until(lambda state: state.articles > 0)
            till = Till(register, SystemClock(), user_id="anna", user_name="Anna")
            await Terminal(register, till, "de", Console(file=shown, width=200)).run(cashier())
            await till.close()
    assert shown.getvalue().count("kein Papier mehr") == 2  # by itself, and in `status`
