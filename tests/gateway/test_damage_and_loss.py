"""Central, a gateway and registers, each a process of its own, through damage to the journal and through its loss."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.demonstration.shopping import Shopper, Wares
from scripts.demonstration.stage import REGISTERS, Props, Stage
from tests.gateway.branch import tampered
from tests.rigs.patience import SOON_S, patient

WITHIN_S = 180
"""Eight processes and two dozen commands, on a machine that is busy with others."""


def discard(_line: str) -> None:
    """Nobody watches."""


def lose(folder: Path, *names: str) -> None:
    """Removes stores with whatever SQLite and DuckDB keep beside them."""
    for name in names:
        for file in folder.glob(f"{name}*"):
            if file.is_dir():
                for inside in file.iterdir():
                    inside.unlink()
                file.rmdir()
            else:
                file.unlink()


def change_an_entry(folder: Path) -> None:
    """The newest receipt is no longer as it was written."""
    connection = tampered(folder / "branch.db")
    connection.execute(
        "UPDATE journal SET body = zeroblob(length(body)) WHERE sequence = (SELECT max(sequence) FROM journal WHERE kind = 1)"
    )
    connection.close()


class Shop:
    """What is done on the stage again and again."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.folder = stage.root / "branch"
        self._shopper: Shopper | None = None

    async def sell(self, count: int) -> None:
        """So many receipts at each till."""
        for till in self.stage.tills:
            if self._shopper is None:
                articles = (await till.ask({"do": "articles"}))["articles"]
                self._shopper = Shopper(Wares.of(articles), 5)
            for _ in range(count):
                await till.ask(self._shopper.next_sale())

    async def wait_for(self, what: str) -> None:
        async with patient(f"every till's events are {what}"):
            for till in self.stage.tills:
                await till.ask({"do": "wait", "for": what, "timeout_ms": int(SOON_S * 1000)})

    async def close(self) -> list[int]:
        """The Z numbers of an order to close the branch, by register."""
        steps = await self.stage.ask_gateway("close", "--user", "chef")
        return [int(step["done"]["closing"]["z_number"]) for step in steps if "done" in step]

    async def incidents(self) -> list[str]:
        (told,) = await self.stage.ask_gateway("incidents")
        return [incident["reason"] for incident in told.get("incidents", [])]

    async def at_central(self) -> tuple[int, set[str]]:
        """How many receipts central has, and what it has to complain about."""
        (told,) = await self.stage.ask_central("status")
        return int(told["receipts"]), {fault["reason"] for fault in told.get("faults", [])}


@pytest.mark.timeout(WITHIN_S)
async def test_through_damage_and_through_a_lost_journal_every_sale_arrives_and_no_z_number_twice(
    tmp_path: Path,
) -> None:
    async with Stage(tmp_path, Props(), discard) as stage:
        shop = Shop(stage)
        await shop.sell(3)
        await shop.wait_for("central")
        assert await shop.close() == [1, 1]

        # An entry rots that central does not have yet.
        stage.wan.cut()
        await shop.sell(2)
        await shop.wait_for("settled")
        await stage.gateway.stop()
        change_an_entry(shop.folder)
        await stage.run_gateway()
        assert await shop.incidents() == ["JOURNAL_ENTRY_CHANGED"]
        stage.wan.restore()
        await shop.wait_for("central")
        await shop.sell(1)
        await shop.wait_for("central")
        # Each register's sales and the float that its Z carried over. The damaged one is kept twice, as damage and as the till's copy, and
        # counts by neither.
        before = (3 + 2 + 1 + 1) * len(REGISTERS) - 1
        assert await shop.at_central() == (before, {"BRANCH_JOURNAL_DAMAGED"})

        # The disk is exchanged for an empty one, and the WAN is away; the keys were saved.
        stage.wan.cut()
        await stage.gateway.kill()
        lose(shop.folder, "branch.db", "sales.duckdb")
        await stage.run_gateway()
        assert await shop.incidents() == ["JOURNAL_LOST"]
        await shop.sell(2)  # the tills sell on
        stage.wan.restore()
        await shop.wait_for("central")
        receipts, _ = await shop.at_central()
        assert receipts == before + 2 * len(REGISTERS)
        assert await shop.close() == [2, 2]
        (whole,) = [step["verdict"] for step in await stage.ask_gateway("verify") if "verdict" in step]
        assert whole["intact"]
