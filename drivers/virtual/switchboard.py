"""The owner of the fault switches: counts the counted ones down and says what they do to bytes, lines and replies."""

from __future__ import annotations

from dataclasses import replace

from drivers.virtual.faults import Faults


class Switchboard:
    """The positions of all fault switches, as they are now.

    `link_broken` is set when a switch broke the link, and stays until `link_break_reported`; after `hung_up` nothing is heard
    or said until the next link.
    """

    def __init__(self, faults: Faults) -> None:
        self.link_broken = False
        self.hung_up = False
        self._hang_up_due = False
        self.set(faults)

    def set(self, faults: Faults) -> None:
        """Put all switches into these positions; a count of 0 acts at once."""
        self.faults = faults
        if faults.disconnect_after_bytes == 0 or faults.disconnect_after_process_ids == 0:
            self.faults = replace(self.faults, disconnect_after_bytes=None, disconnect_after_process_ids=None)
            self.link_broken = True
        if faults.hang_up_after_bytes == 0:
            self._hang_up()
        self.lines_printed(0)

    def link_break_reported(self) -> bool:
        """Whether the link is to break now; asking resets it."""
        broken, self.link_broken = self.link_broken, False
        return broken

    def hang_up_reported(self) -> bool:
        """Whether the link is to be ended in order now; asking resets it."""
        due, self._hang_up_due = self._hang_up_due, False
        return due

    def link_gone(self) -> None:
        """The next host is heard again."""
        self.hung_up = False

    def link_limit(self) -> int | None:
        """How many more bytes can come through the link; None when nothing limits them."""
        faults = self.faults
        counts = (faults.stall_after_bytes, faults.disconnect_after_bytes, faults.hang_up_after_bytes)
        return min((count for count in counts if count is not None), default=None)

    def arrived(self, data: bytes) -> bytes:
        """What of these bytes comes through the link before it stalls, breaks or ends, and is not lost on the way."""
        if self.hung_up:
            return b""
        limit = self.link_limit()
        data = data if limit is None else data[:limit]
        stall, breaks, ends = (
            self.faults.stall_after_bytes,
            self.faults.disconnect_after_bytes,
            self.faults.hang_up_after_bytes,
        )
        if stall is not None:
            self.faults = replace(self.faults, stall_after_bytes=stall - len(data))
        if breaks is not None:
            self.faults = replace(self.faults, disconnect_after_bytes=breaks - len(data) or None)
            self.link_broken = self.link_broken or breaks == len(data)
        if ends is not None:
            self.faults = replace(self.faults, hang_up_after_bytes=ends - len(data) or None)
            if ends == len(data):
                self._hang_up()
        return self._not_swallowed(data)

    def _not_swallowed(self, data: bytes) -> bytes:
        swallow = self.faults.swallow_after_bytes
        if swallow is None:
            return data
        self.faults = replace(self.faults, swallow_after_bytes=max(0, swallow - len(data)))
        return data[:swallow]

    def _hang_up(self) -> None:
        self.faults = replace(self.faults, hang_up_after_bytes=None)
        self.hung_up = self._hang_up_due = True

    def lines_printed(self, count: int) -> None:
        """The roll got shorter."""
        faults = self.faults
        if faults.paper_out_after_lines is not None:
            left = max(0, faults.paper_out_after_lines - count)
            faults = replace(faults, paper_out_after_lines=left or None, paper_out=faults.paper_out or left == 0)
        if faults.paper_near_end_after_lines is not None:
            left = max(0, faults.paper_near_end_after_lines - count)
            near_end = faults.paper_near_end or left == 0
            faults = replace(faults, paper_near_end_after_lines=left or None, paper_near_end=near_end)
        self.faults = faults

    def reply_passes(self) -> bool:
        """Whether the next reply reaches the host."""
        if self.faults.mute_status or self.link_broken or self.hung_up or self.faults.swallow_after_bytes == 0:
            return False
        if self.faults.drop_replies:
            self.faults = replace(self.faults, drop_replies=self.faults.drop_replies - 1)
            return False
        return True

    def process_id_answered(self) -> None:
        """One more process id has left the printer."""
        breaks = self.faults.disconnect_after_process_ids
        if breaks is not None:
            self.faults = replace(self.faults, disconnect_after_process_ids=breaks - 1 or None)
            self.link_broken = self.link_broken or breaks == 1
