"""The child process: one thread that fills the store, answers the parent, and ends when the parent's end of the socket closes.

It is a process of its own because filling beside the event loop makes acknowledgements wait, and because a crash or an out-of-memory
in DuckDB must not take the recording of sales with it.
"""

from __future__ import annotations

import errno
import gc
import select
import shutil
import signal
import socket
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from gateway.sales.answers import answer
from gateway.sales.database import open_in_memory, open_store, temporary_of
from gateway.sales.days import DayRule
from gateway.sales.filler import BATCH, Filler
from gateway.sales.frames import FrameReader, Message, frame
from gateway.sales.opened import EXIT_DISK_FULL, EXIT_FAILED, EXIT_SUSPECT, Opened, Order, Tuning
from gateway.sales.source import JournalSource

GATHER_MS = 500
"""So long sales gather before they are filled when nobody asks; small transactions cost DuckDB as much as large ones."""

RESTS_PER_BATCH = 4
"""Recording comes first: while the journal grows and nobody asks, a batch is followed by so many times its own duration of rest."""

IDLE_MS = 5_000
"""A checkpoint waits for so long a silence, because it blocks questions."""


ROOM_BYTES = 64 * 1024 * 1024
"""With less than that the disk counts as full."""

LOOK_FOR_ROOM_MS = 30_000

SHARED_MEMORY = Path("/dev/shm")
"""Where Linux keeps files that need no disk; elsewhere batches go to the system's temporary folder."""


class Heard:
    """What the parent says, message by message. The first is the order; what comes along with it is kept for the loop."""

    def __init__(self, parent: socket.socket) -> None:
        self.parent = parent
        self._frames = FrameReader()
        self._early: list[Message] = []

    def order(self) -> Order | None:
        """Waits for it; None when the parent goes instead."""
        while not self._early:
            messages = self.messages()
            if messages is None:
                return None
            self._early = messages
        return Order(**self._early.pop(0))

    def early(self) -> list[Message]:
        """What the parent said right behind the order."""
        early, self._early = self._early, []
        return early

    def messages(self) -> list[Message] | None:
        """Waits for more; None when the parent has gone."""
        data = self.parent.recv(65536)
        return self._frames.feed(data) if data else None


class SalesProcess:
    """The loop of the child. Questions wait until the store is filled up to the sequence they name.

    `ends_when` is looked at while nobody asks: a store in memory makes way for one on disk.
    """

    def __init__(
        self,
        heard: Heard,
        connection: duckdb.DuckDBPyConnection,
        journal: JournalSource,
        filler: Filler,
        ends_when: Callable[[], bool] | None = None,
    ) -> None:
        self._ends_when = ends_when
        self._heard = heard
        self._parent = heard.parent
        self._connection = connection
        self._journal = journal
        self._filler = filler
        self._waiting: deque[Message] = deque()
        # The journal has grown at least up to here, as far as the parent has told; a rebuild goes on for as long as batches are full.
        self._known_head = 0
        self._behind = True
        self._dirty = False
        self._last_filled_ms = 0
        self._head_at_last_fill = 0
        self._rests_until_ms = 0

    def run(self) -> None:
        """Until the parent goes, or it is time to end."""
        looked_ms = _now_ms()
        for message in self._heard.early():
            self._take(message)
        while self._listen(self._patience_ms()):
            self._step(_now_ms())
            if self._ends_when is not None and not self._waiting and _now_ms() - looked_ms >= LOOK_FOR_ROOM_MS:
                looked_ms = _now_ms()
                if self._ends_when():
                    return

    def send(self, message: Message) -> None:
        """To the parent."""
        self._parent.sendall(frame(message))

    def _patience_ms(self) -> int | None:
        """How long there is nothing to do unless the parent speaks; None for ever."""
        if self._waiting:
            return 0
        if self._behind:
            return max(0, self._rests_until_ms - _now_ms())
        since = _now_ms() - self._last_filled_ms
        if self._known_head > self._filler.watermark.sequence:
            return max(0, GATHER_MS - since)
        if self._dirty:
            return max(0, IDLE_MS - since)
        return None if self._ends_when is None else LOOK_FOR_ROOM_MS

    def _listen(self, patience_ms: int | None) -> bool:
        readable, _, _ = select.select([self._parent], [], [], None if patience_ms is None else patience_ms / 1000)
        if not readable:
            return True
        messages = self._heard.messages()
        for message in messages or ():
            self._take(message)
        return messages is not None

    def _take(self, message: Message) -> None:
        match message["ask"]:
            case "head":
                self._known_head = max(self._known_head, message["head"])
            case "day":
                self._filler.use(DayRule(message["time_zone"], message["day_starts_at_minutes"]))
            case _:
                self._waiting.append(message)

    def _step(self, now_ms: int) -> None:
        """One piece of work, short enough to listen again soon."""
        sequence = self._filler.watermark.sequence
        if self._waiting and (self._waiting[0]["through"] <= sequence):
            self._answer(self._waiting.popleft())
        elif self._waiting or self._behind or self._known_head > sequence:
            self._fill(now_ms)
        elif self._dirty and now_ms - self._last_filled_ms >= IDLE_MS:
            self._connection.execute("CHECKPOINT")
            self._dirty = False

    def _fill(self, now_ms: int) -> None:
        begins_ms = self._rests_until_ms if self._behind else self._last_filled_ms + GATHER_MS
        if not self._waiting and now_ms < begins_ms:
            return
        taken = self._filler.fill()
        self._behind = taken == BATCH
        self._dirty = self._dirty or taken > 0
        self._last_filled_ms = _now_ms()
        grows = self._known_head > self._head_at_last_fill
        self._head_at_last_fill = self._known_head
        self._rests_until_ms = self._last_filled_ms + (
            RESTS_PER_BATCH * (self._last_filled_ms - now_ms) if grows else 0
        )
        if not taken and self._waiting:
            # Asked for more than the journal holds: tell what there is rather than wait for what may never come.
            self._answer(self._waiting.popleft())

    def _answer(self, question: Message) -> None:
        mark = self._filler.watermark
        self.send(
            {
                "id": question["id"],
                "through": mark.sequence,
                "chain_hash": mark.chain_hash.hex(),
                "answer": answer(self._connection, self._journal, question),
            }
        )


def run(descriptor: int) -> int:
    """Runs the child whose parent is at the other end of the socket; returns its exit status."""
    # Ctrl-C in a terminal reaches the whole group; the parent decides when this process ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Batches are many short-lived rows; looking for cycles among them costs a tenth of the rebuild.
    gc.set_threshold(100_000, 50, 50)
    with socket.socket(fileno=descriptor) as parent:
        heard = Heard(parent)
        order = heard.order()
        return 0 if order is None else _carry_out(order, heard)


def _carry_out(order: Order, heard: Heard) -> int:
    parent = heard.parent
    journal = JournalSource(Path(order.journal))
    try:
        with _batch_folder(order) as folder:
            _serve(heard, journal, order, folder)
    except duckdb.Error as failure:
        parent.sendall(frame({"failed": str(failure).splitlines()[0]}))
        return EXIT_SUSPECT if order.in_memory or _has_room(Path(order.store)) else EXIT_DISK_FULL
    except sqlite3.Error as failure:
        parent.sendall(frame({"failed": f"journal: {failure}"}))
        return EXIT_FAILED
    except (BrokenPipeError, ConnectionResetError):
        # The parent went while it was being answered.
        return 0
    except OSError as failure:
        if failure.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        parent.sendall(frame({"failed": str(failure)}))
        return EXIT_DISK_FULL
    finally:
        journal.close()
    return 0


def _serve(heard: Heard, journal: JournalSource, order: Order, folder: Path) -> None:
    connection, opened = _open(journal, order)
    filler = Filler(connection, journal, folder, DayRule(order.time_zone, order.day_starts_at_minutes))
    process = SalesProcess(
        heard, connection, journal, filler, (lambda: _has_room(Path(order.store))) if order.in_memory else None
    )
    process.send({"opened": asdict(opened)})
    process.run()
    filler.close()
    connection.close()


def _open(journal: JournalSource, order: Order) -> tuple[duckdb.DuckDBPyConnection, Opened]:
    tuning = Tuning(order.memory_limit_mb, order.threads)
    if order.in_memory:
        return open_in_memory(journal, tuning)
    return open_store(Path(order.store), journal, tuning, time.time_ns() // 1_000_000, read_all=order.read_all)


@contextmanager
def _batch_folder(order: Order) -> Iterator[Path]:
    if not order.in_memory:
        yield temporary_of(Path(order.store))
        return
    with TemporaryDirectory(prefix="branchgate-sales-", dir=SHARED_MEMORY if SHARED_MEMORY.is_dir() else None) as name:
        yield Path(name)


def _has_room(store: Path) -> bool:
    return shutil.disk_usage(store.parent).free >= ROOM_BYTES


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000
