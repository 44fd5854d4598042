"""Opening cash drawers: once per command id, within its seconds to live, and never again after a restart."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import dataclass
from typing import Final

from branchgate.chain import EVENT_ID_BYTES
from branchgate.clock import Clock
from branchgate.errors import Refused, RefusedKind, TryAgain
from drivers.drawer import DrawerCommand, DrawerOutcome, DrawerState
from drivers.errors import Reason
from gateway.devices import Devices
from gateway.drawers.commands import (
    RESTARTED,
    DrawerAnswer,
    DrawerResult,
    StoredCommand,
    conclude,
    find,
    insert,
    unanswered,
)
from gateway.drawers.positions import DrawerPositions
from gateway.drawers.standing import keep_level
from gateway.journal import Journal
from gateway.printing.desk import PrintDesk
from gateway.short_texts import short_text
from gateway.store.writer import GroupWriter

LONGEST_LIFE_MS: Final = 10_000
USUAL_LIFE_MS: Final = 5_000
MOST_WAITING: Final = 4
"""Commands of one register at one drawer that have no outcome yet. Each takes its turn between receipts: more would only expire."""
BUSY_MS: Final = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class _UnderWay:
    command: StoredCommand
    answer: asyncio.Task[DrawerAnswer]


class DrawerDesk:
    """Takes drawer commands. `start` first: it settles what a stop of the gateway left without an answer."""

    def __init__(
        self, writer: GroupWriter, journal: Journal, devices: Devices, printing: PrintDesk, clock: Clock
    ) -> None:
        self._writer, self._journal, self._clock = writer, journal, clock
        self._devices, self._printing = devices, printing
        self.positions = DrawerPositions(writer, journal, devices, clock)
        self._under_way: dict[bytes, _UnderWay] = {}

    async def start(self) -> None:
        """Commands that were under way at the last stop are UNKNOWN now; their seconds are over."""

        def work(connection: sqlite3.Connection) -> None:
            for command in unanswered(connection):
                answer = DrawerAnswer(DrawerResult.UNKNOWN, RESTARTED)
                conclude(connection, self._journal, command, answer, self._clock.now_ms())

        # Urgent, because a gateway must start on a full disk too: the day is to be closed.
        await self._writer.submit(work, urgent=True)
        await self.positions.start()

    async def open_drawer(
        self,
        command_id: bytes,
        register_id: str,
        user_id: str,
        reason: str,
        *,
        drawer: str = "",
        lives_ms: int = 0,
        receipt_event_id: bytes = b"",
    ) -> DrawerAnswer:
        """Opens a drawer now or not at all; the same command id again gives the same answer and no second pulse.

        `drawer` is a device, empty for the register's own; `lives_ms` 0 means five seconds. A caller that goes away does not stop it.
        Raises Refused (INVALID_VALUE, DEVICE_NOT_FOUND, NO_DRAWER, REQUEST_ID_REUSED), TryAgain (DRAWER_BUSY), which stores nothing.
        """
        _check(command_id, lives_ms, receipt_event_id)
        under_way = self._under_way.get(command_id)
        if under_way is not None:
            under_way.command.check_repeated(register_id, drawer)
        else:
            now = self._clock.now_ms()
            command = StoredCommand(
                command_id,
                register_id,
                self._drawer(drawer, register_id),
                short_text(reason, "reason"),
                short_text(user_id, "user_id"),
                receipt_event_id,
                now,
                now + (lives_ms or USUAL_LIFE_MS),
            )
            self._check_turn(command)
            under_way = _UnderWay(command, asyncio.create_task(self._obey(command, drawer)))
            self._under_way[command_id] = under_way
            under_way.answer.add_done_callback(lambda _done: self._under_way.pop(command_id))
        return await asyncio.shield(under_way.answer)

    def _check_turn(self, command: StoredCommand) -> None:
        asked = (command.drawer, command.register_id)
        waiting = [other.command for other in self._under_way.values()]
        if sum((other.drawer, other.register_id) == asked for other in waiting) >= MOST_WAITING:
            raise TryAgain("DRAWER_BUSY", field="drawer", value=command.drawer, retry_after_ms=BUSY_MS)

    def _drawer(self, name: str, register_id: str) -> str:
        if name:
            self._devices.status(name)  # refuses names that are not configured
            device = self._printing.routes.device(name)
            found = name if device is not None and device.drawer is not None else None
        else:
            found = self._printing.routes.drawer_for(register_id)
        if found is None:
            raise Refused("NO_DRAWER", field="drawer", value=name or register_id, kind=RefusedKind.NOT_FOUND)
        return found

    async def _obey(self, command: StoredCommand, named: str) -> DrawerAnswer:
        known = await self._writer.submit(lambda connection: _note(connection, command, named))
        if known is not None:
            return known
        outcome = await self._opened(command)
        answer, learnt = _answer(outcome), self._devices.drawer_sensor(command.drawer).learnt_level

        def work(connection: sqlite3.Connection) -> None:
            now = self._clock.now_ms()
            conclude(connection, self._journal, command, answer, now)
            if learnt is not None:
                keep_level(connection, command.drawer, learnt, now)

        await self._writer.submit(work)
        return answer

    async def _opened(self, command: StoredCommand) -> DrawerOutcome:
        self.positions.commanded(command.drawer, command.command_id, command.register_id)
        outcome = await self._devices.open_drawer(
            command.drawer,
            DrawerCommand(command.command_id, command.reason, command.user_id, command.valid_until_ms),
        )
        self.positions.concluded(command.drawer, outcome)
        return outcome


def _note(connection: sqlite3.Connection, command: StoredCommand, named: str) -> DrawerAnswer | None:
    """Stores the command before its pulse; the answer it already has, if it was sent before. `named`: the drawer the caller named."""
    known = find(connection, command.command_id)
    if known is None:
        insert(connection, command)
        return None
    known.check_repeated(command.register_id, named)
    # Without an answer it was under way when its outcome could not be stored: it may have opened.
    return known.answer or DrawerAnswer(DrawerResult.UNKNOWN, RESTARTED)


def _answer(outcome: DrawerOutcome) -> DrawerAnswer:
    reason = "" if outcome.reason is None else outcome.reason.value
    match outcome.state:
        case DrawerState.OPENED:
            return DrawerAnswer(DrawerResult.OPENED, reason)
        case DrawerState.NOT_OPENED if outcome.reason is Reason.EXPIRED:
            return DrawerAnswer(DrawerResult.EXPIRED, reason)
        case DrawerState.NOT_OPENED:
            return DrawerAnswer(DrawerResult.NOT_OPENED, reason)
        case _:
            return DrawerAnswer(DrawerResult.UNKNOWN, reason)


def _check(command_id: bytes, lives_ms: int, receipt_event_id: bytes) -> None:
    if len(command_id) != EVENT_ID_BYTES:
        raise Refused("INVALID_VALUE", field="command_id", value=command_id.hex(), rule="16 bytes")
    if len(receipt_event_id) not in (0, EVENT_ID_BYTES):
        raise Refused("INVALID_VALUE", field="receipt_event_id", value=receipt_event_id.hex(), rule="16 bytes or none")
    if not 0 <= lives_ms <= LONGEST_LIFE_MS:
        rule = f"1 to {LONGEST_LIFE_MS}, or 0 for {USUAL_LIFE_MS}"
        raise Refused("INVALID_VALUE", field="lives_ms", value=lives_ms, rule=rule)
