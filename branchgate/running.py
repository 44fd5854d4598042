"""How a process of ours begins and ends: one line when it is ready, a signal when it is to stop."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys

from branchgate import __version__

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
CALLS_END_WITHIN_S = 5.0
"""How long open calls may take to end once a server stops."""


def stop_signal() -> asyncio.Event:
    """Set by SIGTERM or SIGINT, from now on."""
    told = asyncio.Event()
    for number in STOP_SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    return told


def announce_ready(facts: dict[str, str | int], text: str, *, as_json: bool) -> None:
    """Says on stdout that the process serves: `text` for people, or one line of JSON with `facts`, version and process id."""
    line = json.dumps({"ready": True, "version": __version__, "pid": os.getpid(), **facts}) if as_json else text
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
