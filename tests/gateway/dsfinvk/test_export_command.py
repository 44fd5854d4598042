"""`branchgate gateway export dsfinvk`: beside a running gateway and on the folder of one that is stopped."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from branchgate.asking import SOCKET_NAME
from branchgate.cli import main
from branchgate.clock import SystemClock
from branchgate.errors import Refused
from branchgate.folder import DataFolder
from branchgate.v1 import export_pb2_grpc
from branchgate.wire.guard import Guard
from branchgate.wire.sockets import listen_for_operator, make_server
from gateway.cli.received import Received
from gateway.dsfinvk.desk import ExportDesk
from gateway.rpc.export import ExportServicer
from tests.gateway.dsfinvk.everything import till_day
from tests.gateway.dsfinvk.exported import Shop
from tests.gateway.sales.written_journal import WrittenJournal
from tests.rigs.branch import Branch

RANGE = ("--from", "2026-10-01", "--to", "2026-10-31")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "branch"
    folder.mkdir()
    shop = Shop(WrittenJournal(folder))
    for receipt in till_day():
        shop.sell("kasse-1", receipt)
    shop.close_day("kasse-1")
    shop.journal.close()
    return folder


def command(data: Path, *arguments: str) -> list[str]:
    return ["gateway", "export", "dsfinvk", "--data", str(data), *arguments]


def run(data: Path, *arguments: str) -> int:
    """Runs the command here; returns its exit code."""
    with pytest.raises(SystemExit) as ended:
        main(command(data, *arguments))
    return int(ended.value.code or 0)


@asynccontextmanager
async def gateway(data: Path) -> AsyncIterator[None]:
    """What of a running gateway the command meets: the folder's lock and the operator's socket."""
    server = make_server(Guard(SystemClock()))
    export_pb2_grpc.add_ExportServiceServicer_to_server(ExportServicer(ExportDesk(data, SystemClock())), server)
    with DataFolder(data):
        listen_for_operator(server, data / SOCKET_NAME)
        await server.start()
        yield
        await server.stop(None)


async def ask(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the command in a process of its own."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "branchgate", *command(data, *arguments)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await child.communicate()
    return subprocess.CompletedProcess(arguments, child.returncode or 0, out.decode(), err.decode())


def test_a_stopped_gateway_is_exported_from_its_folder(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(data, *RANGE, "--output", str(tmp_path / "tax.zip")) == 0
    assert "Abschlüsse / closings 1, Bons / receipts 29" in capsys.readouterr().out
    with zipfile.ZipFile(tmp_path / "tax.zip") as archive:
        assert len(archive.namelist()) == 22
    assert sorted(path.name for path in tmp_path.iterdir()) == ["branch", "tax.zip"]


async def test_a_running_gateway_gives_the_same_file(data: Path, tmp_path: Path) -> None:
    stopped = await ask(data, *RANGE, "--output", str(tmp_path / "stopped.zip"))
    assert stopped.returncode == 0, stopped.stderr
    async with gateway(data):
        asked = await ask(data, *RANGE, "--output", str(tmp_path), "--json")
    assert asked.returncode == 0, asked.stderr
    told = json.loads(asked.stdout)
    file = tmp_path / "dsfinvk-2026-10-01-2026-10-31.zip"
    assert (told["file"], told["closings"], told["notes"]) == (str(file), 1, [])
    assert file.read_bytes() == (tmp_path / "stopped.zip").read_bytes()


async def test_nothing_closed_has_an_exit_code_of_its_own_and_writes_nothing(data: Path, tmp_path: Path) -> None:
    nothing = ("--from", "2026-09-01", "--to", "2026-09-30", "--output", str(tmp_path / "none.zip"))
    stopped = await ask(data, *nothing)
    async with gateway(data):
        asked = await ask(data, *nothing)
    for ended in (stopped, asked):
        assert ended.returncode == 6
        assert "nichts abgeschlossen" in ended.stderr
        assert "Nothing was closed" in ended.stderr
    assert not (tmp_path / "none.zip").exists()


def test_days_in_the_wrong_order_are_refused(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(data, "--from", "2026-10-02", "--to", "2026-10-01") == 3
    assert "INVALID_VALUE" in capsys.readouterr().err


def test_a_file_that_is_there_is_never_written_over(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "tax.zip"
    file.write_bytes(b"last year")
    assert run(data, *RANGE, "--output", str(file)) == 3
    assert "EXPORT_FILE_EXISTS" in capsys.readouterr().err
    assert file.read_bytes() == b"last year"


def test_a_preview_cannot_be_named_like_an_export(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(data, *RANGE, "--preview", "--output", str(tmp_path / "tax.zip")) == 3
    assert "EXPORT_PREVIEW_NAME" in capsys.readouterr().err


def test_a_folder_that_is_none_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path / "nowhere", *RANGE) == 3
    assert "NO_JOURNAL" in capsys.readouterr().err
    assert not (tmp_path / "nowhere").exists()


def test_the_official_grammar_is_read_from_its_file(data: Path, tmp_path: Path) -> None:
    official = tmp_path / "official.dtd"
    official.write_text("<!ELEMENT DataSet (Version)>", encoding="utf-8")
    assert run(data, *RANGE, "--output", str(tmp_path / "tax.zip"), "--dtd", str(official)) == 0
    with zipfile.ZipFile(tmp_path / "tax.zip") as archive:
        assert archive.read("gdpdu-01-09-2004.dtd") == official.read_bytes()
    assert run(data, *RANGE, "--dtd", str(tmp_path / "missing.dtd")) == 2


def test_half_a_file_never_gets_a_name(tmp_path: Path) -> None:
    """The stream broke, the bytes were others, or the command was stopped: there is no file, under no name."""
    received = Received(tmp_path / "tax.zip", preview=False)
    with received:
        received.take(b"half")
        with pytest.raises(Refused) as refused:
            received.finish("tax.zip", 8, "0" * 64)
    assert refused.value.reason == "EXPORT_INCOMPLETE"
    with pytest.raises(KeyboardInterrupt), Received(tmp_path / "tax.zip", preview=False) as stopped:
        stopped.take(b"half")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_the_real_gateway_answers_the_command(tmp_path: Path) -> None:
    with Branch(tmp_path) as branch:
        branch.start()
        asked = subprocess.run(
            [sys.executable, "-m", "branchgate", *command(branch.data, *RANGE)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            cwd=tmp_path,
        )
    assert asked.returncode == 6, asked.stderr
    assert "EXPORT_NOTHING_CLOSED" not in asked.stdout


def test_an_empty_grammar_is_not_taken_for_none(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    grammar = tmp_path / "empty.dtd"
    grammar.touch()
    assert run(data, *RANGE, "--dtd", str(grammar)) == 3
    assert "INVALID_VALUE" in capsys.readouterr().err
