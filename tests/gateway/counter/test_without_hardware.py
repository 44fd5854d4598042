"""A whole gateway in a process of its own, with a printer, a display and a scale that are nothing but lines in its settings."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from branchgate.catalogue import SETTINGS_KEY, Article, BranchSettings, EntryType
from branchgate.clock import SystemClock
from branchgate.register import RegisterClient
from branchgate.register.till.script import Script
from branchgate.register.till.till import Till
from branchgate.sync.source import Entry
from branchgate.v1 import printing_pb2
from tests.rigs.branch import BRANCH_ID, Branch
from tests.rigs.patience import observed, patient, until

APPLES = Article("10001", "Äpfel Elstar", 299_000, 2, 700, (), "kg", True, "obst")
SHOP = BranchSettings(BRANCH_ID, "Mitte", company="Feinkost Bergmann", tax_id="DE123456789")
SETTINGS = """
[listen]
address = "127.0.0.1"
service_port = 0
pairing_port = 0
advertised_host = "127.0.0.1"

[[devices]]
name = "theke"
address = "virtual:theke?paper={folder}/paper"

[devices.drawer]
open_level = "low"

[[displays]]
name = "kunde"
address = "virtual:kunde?lines={folder}/lines.txt"
idle_upper = "Grüß Gott"

[[scales]]
name = "waage"
address = "virtual:waage?control={folder}/waage.sock"
"""


async def script(*commands: dict[str, Any]) -> AsyncIterator[str]:
    for command in commands:
        yield json.dumps(command)


async def sold_by_weight(register: RegisterClient) -> dict[str, Any]:
    """The answer to a sale of what lies on the scale."""
    said: list[str] = []
    till = Till(register, SystemClock(), user_id="anna", user_name="Anna")
    sale = {"do": "sell", "lines": [{"article": APPLES.article_number}], "pay": {"cash": "5,00"}}
    commands = ({"do": "wait", "for": "catalogue"}, sale, {"do": "wait", "for": "drawer"}, {"do": "status"})
    await Script(register, till, said.append).run(script(*commands), "de")
    await till.close()
    _ready, _waited, answer, _settled, status = map(json.loads, said)
    assert status["drawer"] == {"OPENED": 1}
    assert isinstance(answer, dict)
    return answer


async def printed(register: RegisterClient) -> None:
    """Asked and not watched: a job that is done already would never change again."""
    async with patient("a printed receipt"):
        while not await register.gateway.print_jobs([printing_pb2.PRINT_JOB_STATE_PRINTED]):
            await observed()


async def put_on(control: Path, grams: int) -> None:
    command = (sys.executable, "-m", "branchgate", "devices", "set-weight", str(control), str(grams))
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    assert (process.returncode, out) == (0, f"{grams} g\n".encode())


async def until_shown(lines: Path, wanted: tuple[str, str]) -> None:
    await until(
        lambda: tuple(_lines_of(lines)) == wanted, lambda: f"{wanted} on the display; it shows {_lines_of(lines)}"
    )


def _lines_of(path: Path) -> list[str]:
    return [line.rstrip() for line in path.read_text(encoding="utf-8").splitlines()]


async def test_everything_can_be_tried_without_hardware(tmp_path: Path) -> None:
    with Branch(tmp_path, registers=1) as branch:
        branch.data.joinpath("gateway.toml").write_text(SETTINGS.format(folder=tmp_path), encoding="utf-8")
        await branch.stock(
            [
                Entry(EntryType.BRANCH_SETTINGS, SETTINGS_KEY, SHOP.encode()),
                Entry(EntryType.ARTICLE, APPLES.article_number, APPLES.encode()),
            ]
        )
        await asyncio.to_thread(branch.start)
        await put_on(tmp_path / "waage.sock", 486)
        async with RegisterClient(branch.register_folder("kasse-1")) as register:
            await until_shown(tmp_path / "lines.txt", ("Grüß Gott", ""))
            assert (await sold_by_weight(register))["total_cents"] == 145
            await printed(register)
            await register.gateway.show_on_display("Äpfel Elstar", "1,45", "Summe", "1,45")
            await until_shown(tmp_path / "lines.txt", ("Äpfel Elstar    1,45", "Summe           1,45"))
            stands = {(one.kind, one.name): one.medium for one in await register.gateway.devices()}
        await asyncio.to_thread(branch.stop)
    assert stands == {
        ("printer", "theke"): "virtual",
        ("drawer", "theke"): "virtual",
        ("display", "kunde"): "virtual",
        ("scale", "waage"): "virtual",
    }
    slips = "".join(slip.read_text(encoding="utf-8") for slip in (tmp_path / "paper").glob("*.txt"))
    assert "Äpfel Elstar" in slips
    assert "0,486 kg" in slips
