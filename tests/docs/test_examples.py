"""The examples of the documents, each run as its page says, and the output that the page shows."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from drivers.virtual.display import VirtualDisplay
from drivers.virtual.scale import VirtualScale
from drivers.virtual.small_device import SmallDeviceServer, Sockets

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "docs/examples"
LIBRARY = (ROOT / "docs/drivers-library.md").read_text(encoding="utf-8")


def run(example: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / example), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def shown_for(example: str) -> str:
    """What the page shows below the example's command."""
    return LIBRARY.partition(f"$ python docs/examples/{example}")[2].partition("\n")[2].partition("```")[0]


@pytest.mark.parametrize(("example", "arguments"), [("print_a_page.py", ["virtual:theke"]), ("break_a_printer.py", [])])
def test_an_example_says_what_its_page_shows(example: str, arguments: list[str]) -> None:
    assert run(example, *arguments).strip() == shown_for(example).strip()


def test_the_preview_says_what_its_page_shows_and_leaves_pictures(tmp_path: Path) -> None:
    assert run("preview_a_page.py", str(tmp_path)).strip() == shown_for("preview_a_page.py").strip()
    assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "page.svg").read_text(encoding="utf-8").startswith("<")


def test_the_look_at_what_is_connected_counts_the_devices_it_names() -> None:
    *devices, count = run("what_is_connected.py", "now").splitlines()
    assert count == f"{len(devices)} devices"


async def test_the_counter_weighs_and_shows_the_price() -> None:
    """The scale is asked and the display is told over real sockets, by a process of its own."""
    scale, display = VirtualScale(grams=486), VirtualDisplay()
    anywhere = Sockets(("127.0.0.1", 0))
    async with SmallDeviceServer(scale, anywhere) as weighing, SmallDeviceServer(display, anywhere) as showing:
        addresses = ["tcp://{}:{}".format(*server.tcp_address) for server in (showing, weighing) if server.tcp_address]
        said = await asyncio.to_thread(run, "counter.py", *addresses)
    assert said.strip() == shown_for("counter.py").strip()
    assert display.lines == ("Äpfel Elstar    1,45", "Summe           1,45")
