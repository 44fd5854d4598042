"""The commands against a central in a process of its own: what they do, what they say, and what nonsense brings."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from branchgate.errors import BranchgateError, Refused
from central.cli import app
from tests.central.rpc.gateway_of_mitte import on_loopback
from tests.rigs.patience import line_of

RUN = "from central.cli import app; app()"
ENDS_WITHIN_S = 20

GOOD = "Artikelnummer;Artikelname;Std. VK Brutto;Steuersatz in %\n1;Wasser;0,99;19\n"


@pytest.fixture(autouse=True)
def _logs_of_the_test_run_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where `run` is called inside the test run, its logs must not take over."""
    monkeypatch.setattr("central.process.set_up_logs", lambda _form: None)


@contextmanager
def process(folder: Path) -> Iterator[subprocess.Popen[str]]:
    started = subprocess.Popen(
        [sys.executable, "-c", RUN, "run", "--data", str(folder), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield started
    finally:
        if started.poll() is None:
            started.send_signal(signal.SIGTERM)
        started.communicate(timeout=ENDS_WITHIN_S)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data folder of a running central with the branch mitte."""
    folder = on_loopback(tmp_path_factory.mktemp("central"))
    with process(folder) as started:
        ready = json.loads(line_of(started))
        assert (ready["ready"], ready["pid"], ready["socket"]) == (True, started.pid, str(folder / "admin.sock"))
        call(folder, "branch", "add", "mitte", "--name", "Filiale Mitte")
        yield folder


def say(folder: Path, *arguments: str) -> Any:
    return CliRunner().invoke(app, [*arguments, "--data", str(folder)])


def call(folder: Path, *arguments: str) -> dict[str, Any]:
    """The answer of a command that works, in its JSON form."""
    said = say(folder, *arguments, "--json")
    assert said.exit_code == 0, said.output or said.exception
    answer: dict[str, Any] = json.loads(said.output.splitlines()[-1])
    return answer


def refusal(folder: Path, *arguments: str) -> str:
    said = say(folder, *arguments)
    assert isinstance(said.exception, BranchgateError), said.output
    return said.exception.reason


def test_settings_are_changed_one_by_one(data: Path) -> None:
    call(data, "branch", "set", "mitte", "--town", "Köln", "--day-starts-at", "04:30")
    settings = call(data, "branch", "set", "mitte", "--company", "Muster GmbH")
    assert (settings["town"], settings["company"], settings["day_starts_at_minutes"]) == ("Köln", "Muster GmbH", 270)
    assert settings["name"] == "Filiale Mitte"


def test_a_device_role_is_set_replaced_and_taken_away(data: Path) -> None:
    call(data, "device-role", "mitte", "all", "receipt", "p1")
    roles = call(data, "device-role", "mitte", "all", "receipt", "p2")["device_roles"]
    assert roles == [{"register_id": "", "role": "receipt", "device": "p2"}]
    assert not call(data, "device-role", "mitte", "all", "receipt", "-")["device_roles"]


def test_the_shipped_articles_are_imported_and_shared_out(data: Path) -> None:
    imported = call(data, "import", "shipped", "--mapping", "shipped")
    assert imported["articles"] >= 300
    assert imported["errors"] == 0
    size = call(data, "assortment", "set", "mitte", "--include-category", "Getränke")
    assert 0 < size["articles"] < imported["articles"]
    assert call(data, "branch", "list")["articles"] == size["articles"]
    assert call(data, "status")["articles"] == imported["articles"]


def test_a_file_with_an_error_is_told_and_not_imported(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "articles.csv"
    file.write_text(GOOD + "2;Ohne Preis;;19\n", encoding="utf-8")
    said = say(data, "import", str(file))
    assert said.exit_code == 3
    assert "Der Preis fehlt" in " ".join(said.output.split())
    assert say(data, "import", str(file), "--check").exit_code == 3
    assert call(data, "import", str(file), "--partial")["articles"] == 1


def test_a_register_is_added_and_its_number_is_nobody_elses(data: Path) -> None:
    assert call(data, "register", "add", "mitte", "kasse-1", "--prefix", "K1-")["registers_counted"] == 1
    assert refusal(data, "register", "add", "mitte", "kasse-2", "--prefix", "K1-") == "NUMBER_RANGE_TAKEN"
    assert refusal(data, "pair", "mitte", "kasse-1") == "GATEWAY_NOT_CONNECTED"


def test_an_enrolment_token_is_shown_on_a_line_of_its_own(data: Path) -> None:
    assert say(data, "enrolment-token", "mitte", "--address", "central.example:7446").stdout.startswith("bge1-")


def test_branches_that_are_away_make_a_pull_incomplete(data: Path) -> None:
    said = say(data, "pull")
    assert said.exit_code == 4
    assert "mitte" in said.output


@pytest.mark.parametrize("command", [("status",), ("branch", "list"), ("report",)])
def test_tables_are_drawn_for_people(data: Path, command: tuple[str, ...]) -> None:
    said = say(data, *command)
    assert said.exit_code == 0, said.exception
    assert said.output.strip()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("branch", "add", "Mitte!"), "INVALID_ID"),
        (("branch", "add", "mitte"), "BRANCH_EXISTS"),
        (("branch", "set", "west", "--name", "West"), "NOT_FOUND"),
        (("branch", "set", "mitte", "--day-starts-at", "25:00"), "INVALID_VALUE"),
        (("branch", "set", "mitte", "--time-zone", "Mars"), "INVALID_VALUE"),
        (("branch", "set", "mitte", "--name", "\x1b[2J"), "INVALID_VALUE"),
        (("register", "add", "west", "k", "--prefix", "K9"), "NOT_FOUND"),
        (("register", "add", "mitte", "k", "--prefix", "ß"), "NUMBER_RANGE_INVALID"),
        (("register", "add", "mitte", "k", "--prefix", "K9", "--digits", "99"), "NUMBER_RANGE_INVALID"),
        (("register", "add", "mitte", "gateway", "--prefix", "K9"), "NAME_RESERVED"),
        (("enrolment-token", "west"), "NOT_FOUND"),
        (("enrolment-token", "mitte", "--address", "nonsense"), "INVALID_VALUE"),
        (("pair", "mitte", "k-9"), "NOT_FOUND"),
        (("import", "/does/not/exist.csv"), "FILE_NOT_READABLE"),
        (("import", "shipped", "--repeated", "maybe"), "INVALID_VALUE"),
        (("assortment", "set", "mitte", "--include-category", "Nirgendwo"), "ASSORTMENT_UNKNOWN"),
        (("device-role", "mitte", "all", "reciept", "theke"), "INVALID_VALUE"),
        (("report", "--from", "gestern"), "INVALID_VALUE"),
        (("pull", "west"), "NOT_FOUND"),
    ],
)
def test_nonsense_is_refused_with_its_reason(data: Path, arguments: tuple[str, ...], reason: str) -> None:
    assert refusal(data, *arguments) == reason


@pytest.mark.parametrize("option", [(), ("--exclude-category", "Getränke")])
def test_an_assortment_that_includes_nothing_is_a_usage_error(data: Path, option: tuple[str, ...]) -> None:
    """A forgotten option took every article from a branch that was selling, with exit code 0."""
    sold = call(data, "branch", "list")["articles"]
    assert say(data, "assortment", "set", "mitte", *option).exit_code == 2
    assert call(data, "branch", "list")["articles"] == sold


@pytest.mark.parametrize("arguments", [("branch",), ("nonsense",), ("register", "add", "mitte"), ("status", "--wat")])
def test_wrong_usage_is_told_before_anybody_is_asked(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert CliRunner().invoke(app, list(arguments)).exit_code == 2
    del tmp_path


def test_without_a_running_central_the_command_to_start_it_is_told(tmp_path: Path) -> None:
    said = say(tmp_path, "status")
    assert isinstance(said.exception, Refused)
    assert (said.exception.reason, said.exception.rule) == (
        "NOT_RUNNING",
        f"branchgate central run --data {tmp_path}",
    )


def test_the_socket_and_the_keys_are_the_owners_alone(data: Path) -> None:
    for path in (data / "admin.sock", *(data / "keys").iterdir()):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path


def test_a_second_central_on_the_same_folder_is_refused(data: Path) -> None:
    said = say(data, "run")
    assert isinstance(said.exception, Refused)
    assert said.exception.reason == "FOLDER_IN_USE"


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        (tmp_path / "central.toml").write_text(f'[listen]\naddress = "127.0.0.1"\nservice_port = {port}\n')
        said = say(tmp_path, "run")
    assert isinstance(said.exception, Refused)
    assert (said.exception.reason, said.exception.value) == ("PORT_IN_USE", f"127.0.0.1:{port}")


@pytest.mark.parametrize(
    ("toml", "field"),
    [
        ("[listen]\nservice_prot = 1\n", "listen.service_prot"),
        ("[listen]\nservice_port = 70000\n", "listen.service_port"),
        ("nonsense", "central.toml"),
    ],
)
def test_a_setting_that_nobody_reads_is_refused(tmp_path: Path, toml: str, field: str) -> None:
    (tmp_path / "central.toml").write_text(toml)
    said = say(tmp_path, "run")
    assert isinstance(said.exception, Refused)
    assert (said.exception.reason, said.exception.field) == ("SETTINGS_INVALID", field)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_good_order_and_it_starts_again_as_itself(tmp_path: Path, number: signal.Signals) -> None:
    folder = on_loopback(tmp_path / "data")
    ids = []
    for _ in range(2):
        with process(folder) as started:
            ids.append(json.loads(line_of(started))["central_id"])
            os.kill(started.pid, number)
            assert started.wait(timeout=ENDS_WITHIN_S) == 0
    assert ids[0] == ids[1]


def test_a_killed_central_leaves_nothing_in_the_way_of_the_next(tmp_path: Path) -> None:
    folder = on_loopback(tmp_path / "data")
    with process(folder) as started:
        line_of(started)
        call(folder, "branch", "add", "mitte")
        started.kill()
        started.wait(timeout=ENDS_WITHIN_S)
    with process(folder) as started:
        line_of(started)
        assert call(folder, "branch", "list")["settings"]["branch_id"] == "mitte"
