"""What central holds of this branch's journal: the upload goes on from here, and registers may forget what is in here."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from branchgate.records import number_brought
from gateway.journal.entries import Entry


class _Sent(NamedTuple):
    """What central must still settle; of what brings a register's event its number there, else 0."""

    sequence: int
    size: int
    register_id: str
    register_sequence: int


class Standing:
    """Central's place in the journal, total and per register. Owned by the event loop.

    `remembered` is what central had settled when this gateway last ran; it holds, for people to read, until central tells its place.
    Of registers nothing is remembered: they forget events only on central's own word.

    What a register sends behind later events of its own (the copy of a damaged one) is at central only once the journal is, up to that
    entry: until then the register is told that it must forget nothing. `held_through` is that place for all registers, because a gateway
    that starts does not know who sent what.
    """

    def __init__(self, remembered: int = 0, held_through: int = 0) -> None:
        self._sequence = remembered
        self._held_through = held_through
        self._held: dict[str, int] = {}
        self._registers: dict[str, int] = {}
        self._sent: deque[_Sent] = deque()
        self._unsettled_bytes = 0

    @property
    def sequence(self) -> int:
        """Highest journal sequence that central has."""
        return self._sequence

    @property
    def sent(self) -> int:
        """Highest journal sequence sent on the stream that is open."""
        return self._sent[-1].sequence if self._sent else self._sequence

    @property
    def unsettled(self) -> int:
        """Entries sent and not settled yet."""
        return len(self._sent)

    @property
    def unsettled_bytes(self) -> int:
        """Bodies of the entries sent and not settled yet."""
        return self._unsettled_bytes

    def register_sequence(self, register_id: str) -> int:
        """Up to which register_sequence a register may forget; 0 while something of it is on its way to central."""
        if self._sequence < max(self._held_through, self._held.get(register_id, 0)):
            return 0
        return self._registers.get(register_id, 0)

    def hold(self, register_id: str, through: int) -> None:
        """The register sent something again or late, and it stands in the journal up to here."""
        self._held[register_id] = max(through, self._held.get(register_id, 0))

    def told(self, sequence: int, registers: Mapping[str, int]) -> None:
        """Central says where it stands; whatever was on its way is forgotten and will be sent again."""
        self._sequence = sequence
        self._registers = dict(registers)
        self._sent.clear()
        self._unsettled_bytes = 0

    def sending(self, entries: Iterable[Entry]) -> None:
        """These entries go out now, in order."""
        for entry in entries:
            size = len(entry.body)
            number = number_brought(entry.kind, entry.register_sequence, entry.body)
            self._sent.append(_Sent(entry.sequence, size, entry.register_id, number))
            self._unsettled_bytes += size

    def passing_over(self, through: int) -> None:
        """Entries up to here are damaged; central is told so. They say nothing about their register."""
        self._sent.append(_Sent(through, 0, "", 0))

    def settled(self, sequence: int) -> None:
        """Central has everything up to here."""
        while self._sent and self._sent[0].sequence <= sequence:
            entry = self._sent.popleft()
            self._unsettled_bytes -= entry.size
            self._sequence = entry.sequence
            if entry.register_sequence:
                known = self._registers.get(entry.register_id, 0)
                self._registers[entry.register_id] = max(known, entry.register_sequence)
