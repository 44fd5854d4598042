"""A drawer command that died on its way is not sent, however late the printer answered."""

from __future__ import annotations

from typing import cast

from drivers.drawer import DrawerCommand, DrawerSensor, DrawerState, DrawerWiring
from drivers.errors import Reason
from drivers.printing.condition import StatusTracker
from drivers.printing.interview import Interview
from drivers.printing.kick import Kick
from drivers.printing.wire import Wire


class SentBytes:
    """A wire that only takes bytes."""

    def __init__(self) -> None:
        self.sent = b""

    async def send_whole(self, data: bytes, _deadline: float) -> bool:
        self.sent += data
        return True


def kick_at(wire: SentBytes) -> Kick:
    wiring = DrawerWiring(has_sensor=False)
    sensor, taken = DrawerSensor(wiring), cast("Wire", wire)
    tracker = StatusTracker(sensor)
    return Kick(taken, Interview(taken, tracker), tracker, sensor, wiring)


async def test_a_command_that_died_while_the_printer_was_asked_is_not_sent() -> None:
    wire = SentBytes()
    command = DrawerCommand(b"1", "NO_SALE", "anna", valid_until=5_000)
    late = await kick_at(wire).pulse(command, lambda: 5_000)
    assert (late.state, late.reason, late.pulse_sent, wire.sent) == (DrawerState.NOT_OPENED, Reason.EXPIRED, False, b"")
    in_time = await kick_at(wire).pulse(command, lambda: 4_999)
    assert (in_time.pulse_sent, wire.sent) == (True, DrawerWiring().pulse_bytes)
