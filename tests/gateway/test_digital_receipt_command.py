"""`branchgate gateway receipt` against a gateway as it runs in a shop: the file that comes out, and the sentences when none does."""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from branchgate.catalogue import SETTINGS_KEY, BranchSettings, EntryType
from branchgate.clock import SystemClock
from branchgate.events import EventKind
from branchgate.receipts.codec import encode_receipt
from branchgate.sync.source import Entry
from gateway.journal import OWN, Journal, NewEntry
from gateway.store import GroupWriter
from tests.gateway.branch import event_id, receipt
from tests.rigs.branch import BRANCH_ID, COMMAND, Branch

EVENT = event_id(1).hex()
WITHIN_S = 60


def ask(data: Path, *question: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "branchgate", "gateway", "receipt", *question, "--data", str(data)]
    return subprocess.run(command, capture_output=True, timeout=WITHIN_S, check=False)


async def record_receipt(branch: Branch) -> None:
    settings = BranchSettings(BRANCH_ID, "Mitte", company="Feinkost Bergmann", tax_id="DE123456789")
    await branch.stock([Entry(EntryType.BRANCH_SETTINGS, SETTINGS_KEY, settings.encode())])
    writer = GroupWriter(branch.store)
    journal = await Journal.open(writer, SystemClock())
    body = encode_receipt(receipt(1))
    await journal.append(NewEntry(event_id(1), "kasse-1", OWN, EventKind.RECEIPT, body))
    await writer.close()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data folder of a running gateway with a logo and one recorded receipt."""
    with Branch(tmp_path_factory.mktemp("branch"), registers=1) as branch:
        Image.new("L", (800, 200), "black").save(branch.data / "logo.png")
        toml = branch.data / "gateway.toml"
        toml.write_text(toml.read_text(encoding="utf-8") + '\n[receipt]\nlogo = "logo.png"\n', encoding="utf-8")
        branch.start()  # makes the stores
        branch.stop()
        asyncio.run(record_receipt(branch))
        branch.start()
        yield branch.data


def test_a_receipt_is_shown_in_the_terminal(shop: Path) -> None:
    lines = ask(shop, EVENT).stdout.decode().splitlines()
    assert lines[0].strip() == "Digitaler Beleg"
    assert "[image 576x144]" in [line.strip() for line in lines]
    assert "USt-IdNr. DE123456789" in [line.strip() for line in lines]
    assert any("K1-000001" in line for line in lines)


@pytest.mark.parametrize(("columns", "width"), [("48", 640), ("32", 448)])
def test_a_picture_is_written_as_wide_as_the_paper(shop: Path, tmp_path: Path, columns: str, width: int) -> None:
    file = tmp_path / "bon.png"
    told = ask(shop, EVENT, "--format", "png", "--out", str(file), "--columns", columns)
    assert (told.returncode, "K1-000001" in told.stdout.decode()) == (0, True)
    assert Image.open(io.BytesIO(file.read_bytes())).width == width


def test_a_drawing_is_written(shop: Path, tmp_path: Path) -> None:
    file = tmp_path / "bon.svg"
    assert ask(shop, EVENT, "--format", "svg", "--out", str(file)).returncode == 0
    assert ET.fromstring(file.read_bytes()).findtext("{http://www.w3.org/2000/svg}title") == "K1-000001"


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ((bytes(16).hex(),), "RECEIPT_NOT_RECORDED"),
        (("abc",), "INVALID_VALUE"),
        ((EVENT, "--format", "png"), "--out"),
        ((EVENT, "--format", "svg", "--out", "/nowhere/bon.svg"), "/nowhere/bon.svg"),
    ],
)
def test_what_cannot_be_shown_is_said(shop: Path, question: tuple[str, ...], told: str) -> None:
    answer = ask(shop, *question)
    assert answer.returncode != 0
    assert told in answer.stderr.decode()
    assert b"Traceback" not in answer.stderr


def test_a_gateway_with_a_logo_that_cannot_be_read_does_not_start(tmp_path: Path) -> None:
    with Branch(tmp_path, registers=1) as branch:
        toml = branch.data / "gateway.toml"
        toml.write_text(toml.read_text(encoding="utf-8") + '\n[receipt]\nlogo = "logo.gif"\n', encoding="utf-8")
        (branch.data / "logo.gif").write_bytes(b"GIF89a")
        started = subprocess.run(
            [*COMMAND, "--data", str(branch.data)], capture_output=True, text=True, timeout=WITHIN_S, check=False
        )
    assert started.returncode == 3
    for word in ("SETTINGS_INVALID", "receipt.logo", "logo.gif", "PNG or JPEG"):
        assert word in started.stderr
