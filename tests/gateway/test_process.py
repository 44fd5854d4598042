"""The gateway as a process, with the bad beginnings and ends a shop sees: wrong settings, taken ports and folders, damage, restarts."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from branchgate.cli import main
from branchgate.clock import SystemClock
from branchgate.events import EventKind
from branchgate.ids import new_event_id
from gateway.journal import BRANCH, OWN, Journal, NewEntry
from gateway.store import GroupWriter
from tests.rigs.branch import COMMAND, Branch

COMMAND_WITHIN_S = 60


ANY_PORTS = "[listen]\nservice_port = 0\npairing_port = 0\n"
"""What else runs on the machine may hold the usual ones."""


def run_gateway(data: Path) -> subprocess.CompletedProcess[str]:
    """Runs the gateway until it refuses; a gateway that starts instead runs into the time-out."""
    return subprocess.run(
        [*COMMAND, "--data", str(data)], capture_output=True, text=True, timeout=COMMAND_WITHIN_S, check=False
    )


def ask(data: Path, *question: str) -> subprocess.CompletedProcess[str]:
    """A `branchgate gateway` command, in a process of its own."""
    command = [sys.executable, "-m", "branchgate", "gateway", *question, "--data", str(data)]
    return subprocess.run(command, capture_output=True, text=True, timeout=COMMAND_WITHIN_S, check=False)


def test_a_second_gateway_on_the_same_folder_is_told_who_holds_it(tmp_path: Path) -> None:
    with Branch(tmp_path) as branch:
        ready = branch.start()
        second = run_gateway(branch.data)
        assert second.returncode == 3
        assert "FOLDER_IN_USE" in second.stderr
        assert str(ready.pid) in second.stderr
        assert json.loads(ask(branch.data, "status", "--json").stdout)["branch_id"] == "filiale-1"


def test_a_port_in_use_is_named_and_nothing_is_left_running(tmp_path: Path) -> None:
    with Branch(tmp_path) as branch, socket.socket() as squatter:
        squatter.bind(("127.0.0.1", 0))
        squatter.listen()
        port = squatter.getsockname()[1]
        branch.data.joinpath("gateway.toml").write_text(
            f'[listen]\naddress = "127.0.0.1"\nservice_port = {port}\npairing_port = 0\n', encoding="utf-8"
        )
        refused = run_gateway(branch.data)
        assert refused.returncode == 3
        assert "PORT_IN_USE" in refused.stderr
        assert str(port) in refused.stderr


@pytest.mark.parametrize(
    ("toml", "field", "value"),
    [
        ("[listen]\nservice_port = 99999\n", "listen.service_port", "99999"),
        ("[listne]\nservice_port = 7443\n", "listne", "7443"),
        ('[[devices]]\nname = "Drucker 1"\naddress = "tcp://10.0.0.1"\n', "devices.0.name", "Drucker 1"),
        (ANY_PORTS + '[[devices]]\nname = "d1"\naddress = "usb://1"\n', "devices.d1.address", "usb://1"),
        (
            ANY_PORTS + '[[devices]]\nname = "d1"\naddress = "tcp://x"\nprofile = "TM-T0"\n',
            "devices.d1.profile",
            "TM-T0",
        ),
        ('log = "json\n', "gateway.toml", "gateway.toml"),
    ],
)
def test_a_setting_that_does_not_fit_is_named_with_its_value(tmp_path: Path, toml: str, field: str, value: str) -> None:
    with Branch(tmp_path) as branch:
        branch.data.joinpath("gateway.toml").write_text(toml, encoding="utf-8")
        refused = run_gateway(branch.data)
        assert refused.returncode == 3
        assert "SETTINGS_INVALID" in refused.stderr
        assert field in refused.stderr
        assert value in refused.stderr


def test_a_gateway_that_was_never_enrolled_says_how_to_enrol(tmp_path: Path) -> None:
    refused = run_gateway(tmp_path / "new")
    assert refused.returncode == 3
    assert "branchgate gateway enrol TOKEN" in refused.stderr


@pytest.mark.parametrize("question", ["status", "x", "jobs", "devices", "findings", "incidents", "closings"])
def test_commands_to_a_gateway_that_does_not_run_say_how_to_start_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], question: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["gateway", question, "--data", str(tmp_path)])
    assert ended.value.code == 3
    assert "branchgate gateway run" in capsys.readouterr().err


def test_the_operators_socket_is_for_its_owner_alone(tmp_path: Path) -> None:
    with Branch(tmp_path) as branch:
        branch.start()
        assert branch.data.joinpath("admin.sock").stat().st_mode & 0o077 == 0
        assert branch.data.joinpath("keys/identity.json").stat().st_mode & 0o077 == 0


def test_after_sigkill_the_gateway_opens_again_by_itself(tmp_path: Path) -> None:
    with Branch(tmp_path) as branch:
        first = branch.start()
        branch.kill()
        second = branch.start()
        assert second.pid != first.pid
        branch.stop()


def test_a_damaged_entry_is_named_recorded_and_sales_go_on(tmp_path: Path) -> None:
    with Branch(tmp_path) as branch:
        # The first start makes the store.
        branch.start()
        branch.stop()
        _append_entries(branch, 3)
        with sqlite3.connect(branch.store) as store:
            store.execute("DROP TRIGGER journal_keeps_values")
            store.execute("UPDATE journal SET body = x'00' WHERE sequence = 2")
        branch.start()
        verdict = ask(branch.data, "verify", "--json")
        assert verdict.returncode == 1
        faults = [step["fault"] for step in map(json.loads, verdict.stdout.splitlines()) if "fault" in step]
        assert [fault["journal_sequence"] for fault in faults] == [2]
        found = [json.loads(line) for line in ask(branch.data, "findings", "--json").stdout.splitlines()]
        reasons = {finding["reason"] for row in found[0]["findings"] for finding in row["record"]["findings"]}
        assert "JOURNAL_DAMAGED" in reasons
        status = json.loads(ask(branch.data, "status", "--json").stdout)
        assert any("beschädigt" in warning for warning in status["warnings_de"])


def test_what_central_had_is_known_after_a_restart_with_central_away(tmp_path: Path) -> None:
    """All entries were said to wait, though central had all of them."""
    with Branch(tmp_path) as branch:
        branch.start()
        branch.stop()
        _append_entries(branch, 3)
        with sqlite3.connect(branch.store) as store:
            (head,) = store.execute("SELECT max(sequence) FROM journal").fetchone()
            store.execute("INSERT INTO cursors (name, sequence) VALUES ('central', ?)", (head - 1,))
        branch.start()
        status = json.loads(ask(branch.data, "status", "--json").stdout)
        assert (int(status["journal_sequence"]), int(status["central_sequence"])) == (head, head - 1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_gateway_told_to_stop_ends_in_good_order(tmp_path: Path, number: signal.Signals) -> None:
    with Branch(tmp_path) as branch:
        branch.start()
        branch.stop(number)


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (("resolve", "nonsense", "--complete"), 3),
        (("resolve", "00" * 16, "--complete"), 3),
        (("print", "00" * 16), 3),
        (("open-drawer", "nowhere"), 3),
        (("jobs", "--limit", "0"), 2),
        (("close", "--register"), 2),
        (("frobnicate",), 2),
    ],
)
def test_nonsense_typed_by_an_operator_gets_an_answer(running: Branch, question: tuple[str, ...], code: int) -> None:
    answer = ask(running.data, *question)
    assert answer.returncode == code, answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Branch]:
    with Branch(tmp_path_factory.mktemp("branch")) as branch:
        branch.start()
        yield branch


def _append_entries(branch: Branch, count: int) -> None:
    """Entries as the gateway writes them, without a gateway."""

    async def append() -> None:
        writer = GroupWriter(branch.store)
        journal = await Journal.open(writer, SystemClock())
        for number in range(count):
            await journal.append(NewEntry(new_event_id(number), BRANCH, OWN, EventKind.IDENTITY, b"entry %d" % number))
        await writer.close()

    asyncio.run(append())
