"""The public names of the client library: what integrators build on changes by decision only."""

from __future__ import annotations

import os
import subprocess
import sys

import branchgate.register

PUBLIC = ["Happened", "Identity", "RegisterClient", "RegisterState", "Signer", "load_identity", "pair"]
METHODS = {
    "RegisterClient": [
        "category_name",
        "inspect",
        "is_settled",
        "record",
        "record_event",
        "state",
        "until",
    ],
    "GatewayCalls": [
        "clear_display",
        "close_day",
        "count_cash",
        "devices",
        "expected_cash",
        "find_receipt",
        "open_drawer",
        "park",
        "parked",
        "print_jobs",
        "print_receipt",
        "print_report",
        "resolve_print_job",
        "resume_parked",
        "show_on_display",
        "stuck_print_jobs",
        "watch_devices",
        "watch_print_jobs",
        "weigh",
        "x_report",
    ],
}


def test_the_public_names_are_these() -> None:
    assert sorted(branchgate.register.__all__) == PUBLIC
    assert all(hasattr(branchgate.register, name) for name in PUBLIC)
    assert not hasattr(branchgate.register, "Outbox")


def test_the_public_methods_are_these() -> None:
    from branchgate.register.calls import GatewayCalls

    for kind in (branchgate.register.RegisterClient, GatewayCalls):
        assert sorted(name for name in vars(kind) if not name.startswith("_")) == METHODS[kind.__name__]


def test_importing_the_package_loads_no_machinery() -> None:
    """`branchgate --help` passes by here."""
    look = "import branchgate.register, sys; print('grpc' in sys.modules, 'sqlite3' in sys.modules)"
    # Measured, the process would load coverage's own machinery.
    unmeasured = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    shown = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True, env=unmeasured)
    assert shown.stdout.split() == ["False", "False"]
