"""How every test of the house runs."""

from __future__ import annotations

import signal

from hypothesis import HealthCheck, settings

# How long an example takes says something about the machine, not about the code.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

pytest_plugins = ["tests.rigs.patience", "tests.rigs.undertaker", "tests.rigs.usb.inside"]


def pytest_configure() -> None:
    """A shell has what it starts in the background ignore SIGINT; it would be ignored too by every process that a test ends with it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
