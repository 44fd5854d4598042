"""Which events to send when: the register's end of the Record stream, without I/O.

One instance lives as long as one stream. Events go out in order of register_sequence and without gaps; the gateway acknowledges
cumulatively; when it says "try again", sending goes back to the last settled event.
"""

from __future__ import annotations

MOST_UNDER_WAY = 512
"""Events sent and not settled yet: a gateway that lags is not buried."""


class Sending:
    """Where one Record stream stands, by register_sequence."""

    def __init__(self, most_under_way: int = MOST_UNDER_WAY) -> None:
        self._most = most_under_way
        self._settled = 0
        self._sent = 0
        self._greeted = False

    @property
    def sent(self) -> int:
        """Highest register_sequence sent on this stream, or settled before it."""
        return self._sent

    @property
    def settled(self) -> int:
        """Highest register_sequence that the gateway has settled."""
        return self._settled

    @property
    def room(self) -> int:
        """How many events may be sent now; none before the greeting."""
        return max(0, self._most - (self._sent - self._settled)) if self._greeted else 0

    def greeted(self, next_register_sequence: int) -> None:
        """The gateway's greeting: it holds everything before this number."""
        self._greeted = True
        self._settled = self._sent = next_register_sequence - 1

    def sending(self, through_sequence: int) -> None:
        """Events up to this number go out now."""
        self._sent = max(self._sent, through_sequence)

    def acknowledged(self, settled_sequence: int) -> None:
        """The gateway has settled everything up to this number; an older acknowledgement changes nothing."""
        self._settled = max(self._settled, settled_sequence)
        self._sent = max(self._sent, self._settled)

    def told_to_try_again(self) -> None:
        """Nothing behind the last settled event was taken: send it again."""
        self._sent = self._settled
