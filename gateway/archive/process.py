"""The child: reads its task, writes the months, tells how far it is, and ends. It gives way to whatever the branch does meanwhile."""

from __future__ import annotations

import gc
import json
import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO

import duckdb

from branchgate.errors import Refused, RefusedKind
from gateway.archive.month import MonthWriter, Tell
from gateway.archive.order import Archived, Task, read_task, step_message
from gateway.archive.plan import Plan
from gateway.sales.days import DayRule, Days
from gateway.store.connection import FILE_NAME, connect_read_only

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
        send(
            _carried_out(
                read_task(line), lambda progress: send(step_message(progress)), lambda month: send(step_message(month))
            )
        )
    except BrokenPipeError:
        return 0
    return 0


def _carried_out(task: Task, tell: Tell, done: Callable[[Archived], None]) -> dict[str, Any]:
    """The last message: that all is done, or why not."""
    try:
        archive(task, tell, done)
    except Refused as refusal:
        return {"refused": _plain(refusal)}
    except duckdb.Error as failure:
        return {"refused": _plain(_failed(str(failure).splitlines()[0]))}
    except sqlite3.Error as failure:
        return {"refused": _plain(_failed(str(failure)))}
    except BrokenPipeError:
        raise
    except OSError as failure:
        rule = failure.strerror or ""
        return {
            "refused": _plain(
                Refused("ARCHIVE_NOT_WRITABLE", field="to", value=task.archive, rule=rule, kind=RefusedKind.NOT_NOW)
            )
        }
    return {"done": True}


def archive(task: Task, tell: Tell, done: Callable[[Archived], None]) -> list[Archived]:
    """Writes the months of a task one after the other; `done` hears of each."""
    journal = Path(task.data) / FILE_NAME
    written = []
    with closing(connect_read_only(journal)) as connection:
        days = Days(DayRule(task.time_zone, task.day_starts_at_minutes))
        plan = Plan(connection, Path(task.archive), days, task.now_ms)
        months = plan.wanted(task.order)
        writer = MonthWriter(task, journal, tell)
        for month in months:
            stretch = plan.stretch(month)
            if stretch is None:
                continue
            manifest, archived = writer.write(stretch)
            plan.archived(manifest)
            written.append(archived)
            done(archived)
    return written


def _failed(why: str) -> Refused:
    return Refused("ARCHIVE_FAILED", field="archive", rule=why, kind=RefusedKind.NOT_NOW)


def _plain(refusal: Refused) -> dict[str, str]:
    return {
        "reason": refusal.reason,
        "field": refusal.field,
        "value": refusal.value,
        "rule": refusal.rule,
        "kind": refusal.kind.value,
    }
