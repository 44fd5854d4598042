"""What one operation gives back: replies on their way to the host, and events."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.virtual import replies
from drivers.virtual.events import Output, PrinterEvent, ProcessIdAnswered
from drivers.virtual.replypath import ReplyPath
from drivers.virtual.switchboard import Switchboard


@dataclass(frozen=True, slots=True)
class _Due:
    """A process id whose data is printed, and when its reply leaves."""

    at: float
    process_id: bytes


class Outbox:
    """Collects replies and events until the operation ends; holds process ids until they are due."""

    def __init__(self, switches: Switchboard) -> None:
        self._switches = switches
        self._path = ReplyPath(switches)
        self._said: list[bytes] = []
        self._events: list[PrinterEvent] = []
        self._due: list[_Due] = []

    @property
    def deadlines(self) -> list[float]:
        """When replies that wait are due."""
        arriving = self._path.deadline
        return [due.at for due in self._due] + ([] if arriving is None else [arriving])

    def tell(self, *events: PrinterEvent) -> None:
        """Publish what happened."""
        self._events.extend(events)

    def send(self, reply: bytes) -> bool:
        """Hand a reply to the link; False when a fault swallowed it."""
        if not reply or not self._switches.reply_passes():
            return False
        self._said.append(reply)
        return True

    def answer(self, process_id: bytes, at: float) -> None:
        """Send the reply to GS ( H at this time."""
        self._due.append(_Due(at, process_id))

    def send_due(self, now: int) -> None:
        """Send the replies whose time has come."""
        ready = [due for due in self._due if due.at <= now]
        self._due = [due for due in self._due if due.at > now]
        for due in ready:
            if self.send(replies.process_id(due.process_id)):
                self.tell(ProcessIdAnswered(due.process_id))
                self._switches.process_id_answered()

    def link_gone(self) -> None:
        """What was on its way arrives nowhere."""
        self._path.forget()

    def forget(self) -> None:
        """Power is gone: nothing will be answered any more."""
        self._due.clear()
        self._said.clear()
        self._path.forget()

    def take(self, handshake: bytes, now: int) -> Output:
        """Everything since the last call that arrives at the host by now."""
        for reply in self._said:
            self._path.enter(reply, now)
        self._said.clear()
        output = Output(
            self._path.leave(now) + handshake,
            tuple(self._events),
            self._switches.link_break_reported(),
            self._switches.hang_up_reported(),
        )
        self._events.clear()
        return output
