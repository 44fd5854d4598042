"""The way of replies from the printer to the host, and what can happen to them on it: late, torn, merged, stale, garbled.

Pure: replies enter at one time and leave at another; whoever owns the link asks when.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

from drivers.escpos.status import ASB_KIND, ASB_UNIT_LENGTH, STATUS_KIND_MASK, XOFF, XON
from drivers.virtual.switchboard import Switchboard


@dataclass(frozen=True, slots=True)
class _Piece:
    """Bytes that arrive together, and when (milliseconds)."""

    at: float
    data: bytes


class ReplyPath:
    """Replies between printer and host, first come first served."""

    def __init__(self, switches: Switchboard) -> None:
        self._switches = switches
        self._under_way: deque[_Piece] = deque()
        self._held = b""

    @property
    def deadline(self) -> float | None:
        """When the next bytes arrive."""
        return self._under_way[0].at if self._under_way else None

    def enter(self, reply: bytes, now: int) -> None:
        """The printer says something."""
        reply = self._garbled(self._interleaved(reply))
        if self._switches.faults.stale_replies:
            reply, self._held = self._held, reply
        else:
            reply, self._held = self._held + reply, b""
        self._send(self._torn(reply), now)

    def leave(self, now: int) -> bytes:
        """What arrives at the host now. Bytes that are to come one by one do so, however late it is asked."""
        arrived = b""
        one_by_one = self._switches.faults.split_replies_ms > 0
        while self._under_way and self._under_way[0].at <= now and not (one_by_one and arrived):
            arrived += self._under_way.popleft().data
        return arrived

    def forget(self) -> None:
        """The link or the power is gone."""
        self._under_way.clear()
        self._held = b""

    def _interleaved(self, reply: bytes) -> bytes:
        """XOFF may come even inside a status unit ("except for XOFF code", TM-T88III specification, appendix G)."""
        is_status = len(reply) == ASB_UNIT_LENGTH and reply[0] & STATUS_KIND_MASK == ASB_KIND
        if not (is_status and self._switches.faults.xoff_in_asb):
            return reply
        return bytes((*reply[:2], XOFF, *reply[2:], XON))

    def _garbled(self, reply: bytes) -> bytes:
        faults = self._switches.faults
        if not faults.garbage_replies:
            return reply
        self._switches.faults = replace(faults, garbage_replies=faults.garbage_replies - 1)
        return bytes(byte ^ 0xFF for byte in reply)

    def _torn(self, reply: bytes) -> bytes:
        faults = self._switches.faults
        if not faults.disconnect_in_reply or len(reply) < 2:
            return reply
        self._switches.faults = replace(faults, disconnect_in_reply=False)
        self._switches.link_broken = True
        return reply[: len(reply) // 2]

    def _send(self, reply: bytes, now: int) -> None:
        faults = self._switches.faults
        at = float(now + faults.reply_delay_ms)
        if self._under_way:
            at = max(at, self._under_way[-1].at)
        elif faults.merge_replies_ms:
            at += faults.merge_replies_ms
        if not faults.split_replies_ms:
            self._under_way.append(_Piece(at, reply))
            return
        at += faults.split_replies_ms if self._under_way else 0
        for index, byte in enumerate(reply):
            self._under_way.append(_Piece(at + index * faults.split_replies_ms, bytes((byte,))))
