"""The child: reads its task, makes the ZIP, tells how far it is, and ends. It gives way to whatever the branch does meanwhile."""

from __future__ import annotations

import errno
import gc
import json
import os
import signal
import sqlite3
from dataclasses import asdict
from typing import Any, BinaryIO

import duckdb

from branchgate.errors import Refused, RefusedKind
from gateway.dsfinvk.export import Export
from gateway.dsfinvk.order import Progress, Task, read_task

_NICE = 10
"""Selling comes first: the child takes what the registers leave of the processor."""


def run(orders: BinaryIO, answers: BinaryIO) -> int:
    """Carries out the one task that comes in; returns the exit status. Ends when nobody listens any more."""
    # Ctrl-C in a terminal reaches the whole group; the parent decides when this process ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(_NICE)
    gc.set_threshold(100_000, 50, 50)
    line = orders.readline()
    if not line:
        return 0

    def send(message: dict[str, Any]) -> None:
        answers.write(json.dumps(message).encode() + b"\n")
        answers.flush()

    try:
        _carry_out(read_task(line), send)
    except BrokenPipeError:
        return 0
    return 0


def _carry_out(task: Task, send: Any) -> None:
    told: list[Progress] = []

    def tell(progress: Progress) -> None:
        if not told or told[-1] != progress:
            told[:] = [progress]
            send({"progress": asdict(progress)})

    try:
        summary = Export(task, tell).make()
    except Refused as refusal:
        send({"refused": _plain(refusal)})
    except duckdb.Error as failure:
        send({"refused": _plain(_failed(str(failure).splitlines()[0]))})
    except sqlite3.Error as failure:
        send({"refused": _plain(_failed(str(failure)))})
    except OSError as failure:
        if failure.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        send({"refused": _plain(_failed(failure.strerror or ""))})
    else:
        send({"done": asdict(summary)})


def _failed(why: str) -> Refused:
    return Refused("EXPORT_FAILED", field="export", rule=why, kind=RefusedKind.NOT_NOW)


def _plain(refusal: Refused) -> dict[str, str]:
    return {
        "reason": refusal.reason,
        "field": refusal.field,
        "value": refusal.value,
        "rule": refusal.rule,
        "kind": refusal.kind.value,
    }
