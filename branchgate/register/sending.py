"""Which events to send when: the register's end of the Record stream, without I/O.

One instance lives as long as one stream. Events go out in order of register_sequence and without gaps; the gateway acknowledges
cumulatively; when it says "try again", sending pauses and then goes back to the last settled event.
"""

from __future__ import annotations

from collections.abc import Sequence

MOST_UNDER_WAY = 512
"""Events sent and not settled yet: a gateway that lags is not buried."""


class Sending:
    """Where one Record stream stands, by register_sequence."""

    def __init__(self, most_under_way: int = MOST_UNDER_WAY) -> None:
        self._most = most_under_way
        self._settled = 0
        self._sent = 0
        self._highest_sent = 0
        self._open = False

    @property
    def sent(self) -> int:
        """Sending goes on behind this register_sequence."""
        return self._sent

    @property
    def settled(self) -> int:
        """Highest register_sequence that the gateway has settled."""
        return self._settled

    @property
    def room(self) -> int:
        """How many events may be sent now; none before the greeting and while the gateway wants a pause."""
        return max(0, self._most - (self._sent - self._settled)) if self._open else 0

    @property
    def all_answered(self) -> bool:
        """Nothing is under way."""
        return self._sent == self._settled

    def greeted(self, next_register_sequence: int) -> None:
        """The gateway's greeting: it counts everything before this number as settled."""
        self._open = True
        self._settled = self._sent = self._highest_sent = next_register_sequence - 1

    def in_one_message(self, sequences: Sequence[int]) -> int:
        """How many of these numbers may go out together: none over a hole, and none behind one before all else is answered.

        A hole is there when a register came back from a backup: its numbers were raised past events that it does not hold.
        """
        if sequences and self.is_behind_hole(sequences[0]) and self._sent != self._settled:
            return 0
        return next(
            (index for index in range(1, len(sequences)) if sequences[index] != sequences[index - 1] + 1),
            len(sequences),
        )

    def is_behind_hole(self, sequence: int) -> bool:
        """True if the gateway must be told that nobody holds what is missing before this number."""
        return sequence > self._sent + 1

    def sending(self, through_sequence: int) -> None:
        """Events up to this number go out now."""
        self._sent = max(self._sent, through_sequence)
        self._highest_sent = max(self._highest_sent, self._sent)

    def acknowledged(self, settled_sequence: int) -> int:
        """The gateway counts everything up to this number as settled; returns what that says of events sent on this stream.

        An older acknowledgement changes nothing, and none is believed beyond what was sent.
        """
        self._settled = max(self._settled, min(settled_sequence, self._highest_sent))
        self._sent = max(self._sent, self._settled)
        return self._settled

    def told_to_try_again(self) -> None:
        """Nothing behind the last settled event was taken; what is under way behind it will not be taken either."""
        self._open = False

    def resumed(self) -> None:
        """The pause is over: everything that is not settled goes out again."""
        self._open = True
        self._sent = self._settled
