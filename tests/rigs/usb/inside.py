"""Runs tests marked `umockdev` in a process that has its library preloaded, and reports them as if they had run here.

The library must be there when a process starts. Preloading it for the whole suite would put it under databases and
servers too; so the marked tests of a file go together into one child, whose reports are passed on.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from tests.rigs.usb.testbed import HOUSE, PRELOAD, missing

REPORTS: Final = "BRANCHGATE_TEST_REPORTS"
"""Names the file for a child's reports; its presence says "you are the child"."""


def pytest_configure(config: pytest.Config) -> None:
    """Tell pytest the mark, and be the child or its parent."""
    config.addinivalue_line("markers", "umockdev: needs USB or serial devices played by umockdev")
    written = os.environ.get(REPORTS)
    config.pluginmanager.register(Parent() if written is None else Child(config, Path(written)))


class Child:
    """Runs the tests, and writes down what happened."""

    def __init__(self, config: pytest.Config, written: Path) -> None:
        self._config, self._written = config, written

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One line for each phase of a test."""
        with self._written.open("a", encoding="utf-8") as file:
            told = self._config.hook.pytest_report_to_serializable(config=self._config, report=report)
            file.write(json.dumps(told) + "\n")


class Elsewhere(pytest.Item):
    """A test that a child runs; here only its outcome is told."""

    def __init__(self, *, ran: Callable[[Elsewhere], list[pytest.TestReport]], **details: Any) -> None:
        super().__init__(**details)
        self._ran = ran

    def runtest(self) -> None:
        """Fail or skip as the test did."""
        for report in self._ran(self):
            if report.failed:
                raise AssertionError(report.longreprtext)
            if report.skipped:
                pytest.skip(report.longreprtext)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """What the child's pytest printed."""
        return str(excinfo.value)


class Parent:
    """Has a child run the tests, and passes on what it wrote."""

    def __init__(self) -> None:
        self._reports: dict[str, list[pytest.TestReport]] = {}

    @pytest.hookimpl(trylast=True)  # when only the chosen tests are left
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Put stand-ins for the marked tests, or skip what this machine cannot play and say why."""
        for index, item in enumerate(items):
            if item.get_closest_marker("umockdev") is None or item.get_closest_marker("skip") is not None:
                continue
            reason = missing()
            if reason is not None:
                item.add_marker(pytest.mark.skip(reason=reason))
            else:
                assert item.parent is not None
                items[index] = Elsewhere.from_parent(item.parent, name=item.name, ran=self._ran)

    def _ran(self, item: Elsewhere) -> list[pytest.TestReport]:
        """The first of a file's tests has them all run."""
        if item.nodeid not in self._reports:
            self._reports |= _run_in_child(item)
        return self._reports[item.nodeid]


def _run_in_child(item: Elsewhere) -> dict[str, list[pytest.TestReport]]:
    together = [
        other.nodeid for other in item.session.items if isinstance(other, Elsewhere) and other.path == item.path
    ]
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "reports"
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *together],
            cwd=HOUSE,
            env=os.environ | {"LD_PRELOAD": PRELOAD, REPORTS: str(written)},
            capture_output=True,
            text=True,
            check=False,
        )
        lines = written.read_text(encoding="utf-8").splitlines() if written.exists() else []
    reports: dict[str, list[pytest.TestReport]] = {nodeid: [] for nodeid in together}
    for line in lines:
        report = item.config.hook.pytest_report_from_serializable(config=item.config, data=json.loads(line))
        reports[report.nodeid].append(report)
    for nodeid, phases in reports.items():
        if not any(report.when == "teardown" for report in phases):
            told = f"the child ended with {ended.returncode} before this test did\n{ended.stdout}\n{ended.stderr}"
            phases.append(pytest.TestReport(nodeid, item.location, {}, "failed", told, "call"))
    return reports
