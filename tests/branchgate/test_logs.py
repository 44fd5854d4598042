"""Logs carry what happened and no secrets."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from branchgate.logs import set_up_logs


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    handlers, level = logging.root.handlers, logging.root.level
    yield
    logging.root.handlers, logging.root.level = handlers, level
    structlog.reset_defaults()


def fail() -> None:
    authorization_code = "ZEVTE8MJC737"[::-1]
    raise ValueError(f"{len(authorization_code)} characters")


@pytest.mark.parametrize("form", ["json", "text"])
def test_a_traceback_names_the_place_and_never_the_variables(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Both renderers show every frame's variables unless told not to; a pairing code would have stood in the log."""
    set_up_logs("json" if form == "json" else "text")
    try:
        fail()
    except ValueError:
        structlog.get_logger().exception("rpc_failed")
    logged = capsys.readouterr().err
    assert "ValueError" in logged
    assert "737CJM8ETVEZ" not in logged


def test_json_logs_are_one_object_per_line(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("json")
    structlog.get_logger().info("gateway_connected", branch="mitte")
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["branch"] == "mitte"
