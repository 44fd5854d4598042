"""What an operation on the virtual printer returns: bytes for the host, and what happened.

Design rule: the printer is pure. It takes bytes and a time in milliseconds and returns an `Output`; whoever has the link
writes the bytes, breaks the link when told so, and publishes the events.
"""

from __future__ import annotations

from dataclasses import dataclass

from drivers.virtual.paper import Slip


@dataclass(frozen=True, slots=True)
class SlipDone:
    """A piece of paper is finished, or was given up."""

    slip: Slip


@dataclass(frozen=True, slots=True)
class DrawerPulsed:
    """The drawer's solenoid got a pulse on this pin (2 or 5) from this connection; `opened` tells what came of it."""

    pin: int
    real_time: bool
    opened: bool
    connection: str


@dataclass(frozen=True, slots=True)
class DrawerMoved:
    """The drawer was opened or shut; `connection` is empty when a person or the timer did it."""

    is_open: bool
    connection: str = ""


@dataclass(frozen=True, slots=True)
class ProcessIdAnswered:
    """The reply to GS ( H function 48 was handed to the link."""

    process_id: bytes


@dataclass(frozen=True, slots=True)
class PowerCycled:
    """The printer was switched off and on; its buffers are lost."""

    boot: int


@dataclass(frozen=True, slots=True)
class BuffersCleared:
    """DLE DC4 8 or DLE ENQ 2 threw away what was received and not printed."""

    lost_bytes: int


@dataclass(frozen=True, slots=True)
class BytesLost:
    """The receive buffer was full and the host did not stop."""

    count: int


@dataclass(frozen=True, slots=True)
class Complaint:
    """The host asked for something this printer does not know or cannot do."""

    text: str


PrinterEvent = (
    SlipDone | DrawerPulsed | DrawerMoved | ProcessIdAnswered | PowerCycled | BuffersCleared | BytesLost | Complaint
)


@dataclass(frozen=True, slots=True)
class Output:
    """Bytes to write, events to publish, and whether the link breaks or is ended in order after that."""

    write: bytes = b""
    events: tuple[PrinterEvent, ...] = ()
    disconnect: bool = False
    hang_up: bool = False

    def __add__(self, other: Output) -> Output:
        return Output(
            self.write + other.write,
            self.events + other.events,
            self.disconnect or other.disconnect,
            self.hang_up or other.hang_up,
        )
