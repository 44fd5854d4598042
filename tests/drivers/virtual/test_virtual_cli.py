from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from drivers.virtual.cli import virtual_printer
from drivers.virtual.faults import FAULT_NAMES
from tests.drivers.virtual.jobs import fence, receipt

app = typer.Typer()
app.command()(virtual_printer)

PROGRAM = "import typer; from drivers.virtual.cli import virtual_printer; typer.run(virtual_printer)"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_the_command_says_where_it_is_and_what_came_out_and_stops_on_a_signal(
    tmp_path: Path, number: signal.Signals
) -> None:
    options = ["--tcp", "127.0.0.1:0", "--pty", str(tmp_path / "p"), "--paper", str(tmp_path), "--json"]
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", PROGRAM, *options, stdout=PIPE, stderr=PIPE)
    assert process.stdout is not None
    ready = json.loads(await process.stdout.readline())
    host, port = ready["tcp"].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(receipt(4711) + fence(b"AB01"))
    await reader.readexactly(7)
    slip = json.loads(await process.stdout.readline())
    assert (slip["kind"], slip["receipt_number"]) == ("slip", "4711")
    writer.close()
    process.send_signal(number)
    _, complaints = await process.communicate()
    assert (process.returncode, complaints) == (0, b"")
    assert (tmp_path / "slip-0001.png").exists()
    assert not (tmp_path / "p").is_symlink()


def test_a_port_in_use_ends_the_command_with_a_sentence_that_names_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        result = CliRunner().invoke(app, ["--tcp", address])
    assert result.exit_code == 4  # 1 would say that it is a defect
    assert f"{address} kann nicht geöffnet werden / cannot be opened" in result.stderr


@pytest.mark.parametrize("place", ["127.0.0.1:99999", "127.0.0.1:²", "127.0.0.1", ":neun"])
def test_a_port_that_cannot_be_is_a_usage_error(place: str) -> None:
    """99999 went down to the socket and came back as a traceback."""
    result = CliRunner().invoke(app, ["--tcp", place])
    assert result.exit_code == 2
    assert repr(place) in result.stderr


def test_every_fault_is_explained_on_request() -> None:
    result = CliRunner().invoke(app, ["--fault", "help"])
    assert result.exit_code == 0
    assert [line.split()[0].replace("-", "_") for line in result.stdout.splitlines()] == list(FAULT_NAMES)


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["--pty", str(tmp_path / "none" / "printer")])
    assert result.exit_code == 3


def test_an_unknown_fault_is_named_as_it_was_typed() -> None:
    """It answered "paper_off=True: must be one of paper_out…", which nobody had typed and no help shows."""
    result = CliRunner().invoke(app, ["--fault", "paper-off"], env={"COLUMNS": "2000"})
    assert result.exit_code == 2
    assert "'paper-off': must be one of paper-out, paper-near-end," in result.stderr
    wrong = CliRunner().invoke(app, ["--fault", "stall-after-bytes=many"], env={"COLUMNS": "2000"})
    assert "'stall-after-bytes=many': must be on, off or a whole number" in wrong.stderr
