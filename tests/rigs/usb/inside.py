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
from pathlib import Path
from typing import Final

import pytest

from tests.rigs.usb.testbed import HOUSE, PRELOAD, missing

REPORTS: Final = "BRANCHGATE_TEST_REPORTS"
"""Names the file for a child's reports; its presence says "you are the child"."""

_passed_on = pytest.StashKey[dict[str, list[pytest.TestReport]]]()


def pytest_configure(config: pytest.Config) -> None:
    """Tell pytest the mark, and have somewhere to keep reports."""
    config.addinivalue_line("markers", "umockdev: needs USB or serial devices played by umockdev")
    config.stash[_passed_on] = {}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what this machine cannot play, and say why."""
    marked = [item for item in items if item.get_closest_marker("umockdev")]
    reason = missing() if marked else None
    for item in marked if reason else []:
        item.add_marker(pytest.mark.skip(reason=reason))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """In the child: write down what happened."""
    if path := os.environ.get(REPORTS):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps(report._to_json()) + "\n")


def pytest_runtest_protocol(item: pytest.Item) -> bool | None:
    """Here: let a child run it, unless it is skipped anyway."""
    marked = item.get_closest_marker("umockdev") and not item.get_closest_marker("skip")
    if not marked or REPORTS in os.environ:
        return None
    known = item.config.stash[_passed_on]
    if item.nodeid not in known:
        known.update(_run_in_child(item))
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for report in known[item.nodeid]:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def _run_in_child(item: pytest.Item) -> dict[str, list[pytest.TestReport]]:
    together = [
        other.nodeid
        for other in item.session.items
        if other.path == item.path and other.get_closest_marker("umockdev") and not other.get_closest_marker("skip")
    ]
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "reports"
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *together],
            cwd=HOUSE,
            env=_child_environment(written),
            capture_output=True,
            text=True,
            check=False,
        )
        lines = written.read_text(encoding="utf-8").splitlines() if written.exists() else []
    reports: dict[str, list[pytest.TestReport]] = {nodeid: [] for nodeid in together}
    for line in lines:
        report = pytest.TestReport._from_json(json.loads(line))
        reports[report.nodeid].append(report)
    for nodeid, phases in reports.items():
        if not any(report.when == "teardown" for report in phases):
            phases.append(_broke_off(item, nodeid, ended))
    return reports


def _child_environment(written: Path) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST")}
    return environment | {"LD_PRELOAD": PRELOAD, REPORTS: str(written)}


def _broke_off(item: pytest.Item, nodeid: str, ended: subprocess.CompletedProcess[str]) -> pytest.TestReport:
    told = f"the child ended with {ended.returncode} before this test did\n{ended.stdout}\n{ended.stderr}"
    return pytest.TestReport(nodeid, item.location, {}, "failed", told, "call")
