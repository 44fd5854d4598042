"""A register's log is in its data folder, where support finds it, and not on the cashier's screen."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from branchgate.register.log_file import LOG_NAME, log_into


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    handlers, level = logging.root.handlers, logging.root.level
    yield
    logging.root.handlers, logging.root.level = handlers, level
    structlog.reset_defaults()


def test_the_log_goes_into_the_folder_and_not_to_the_screen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with log_into(tmp_path):
        structlog.get_logger().warning("gateway_not_connected", reason="NOT_REACHABLE")
    assert "gateway_not_connected" in (tmp_path / LOG_NAME).read_text("utf-8")
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "")


def test_without_a_line_there_is_no_file(tmp_path: Path) -> None:
    with log_into(tmp_path / "no-such-folder"):
        pass
    assert list(tmp_path.iterdir()) == []
