"""A checkout scale made of software that speaks 8217 or SMA, with a load put on from outside and faults on request.

METTLER TOLEDO DIVA service manual 6.1.4; SMA SCP-0499 sections 4 and 5.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from drivers.virtual.small_device import OrderRefused, Switches

CAPACITY_G: Final = 15_000
PROTOCOLS: Final = ("toledo-8217", "sma")
_MOTION, _OVER, _UNDER, _OUTSIDE_ZERO, _AT_ZERO, _ALWAYS = 0x01, 0x02, 0x04, 0x08, 0x10, 0x40


@dataclass(slots=True)
class ScaleSwitches(Switches):
    """`in_motion`: never comes to rest. `zero_needed`: has lost its zero. `stale`: every answer is the one to the question before.

    `parity_error`: one character of every answer fails its parity, and arrives as the NUL that the kernel makes of it.
    """

    in_motion: bool = False
    zero_needed: bool = False
    stale: bool = False
    parity_error: bool = False


class VirtualScale:
    """A scale up to 15 kg. `questions` counts how often it was asked. Raises ValueError for a protocol it does not speak."""

    switches: Switches

    def __init__(self, protocol: str = "toledo-8217", grams: int = 0) -> None:
        if protocol not in PROTOCOLS:
            raise ValueError(f"protocol must be one of {', '.join(PROTOCOLS)}")
        self.protocol, self.grams, self.tare_g = protocol, grams, 0
        self.settles_after = 0
        """Questions until a load that was put on has come to rest."""
        self.switches = self._faults = ScaleSwitches()
        self.questions = 0
        self._command = bytearray()
        self._held_back = b""

    def receive(self, data: bytes) -> bytes:
        """Take bytes; return the answers to the questions in them."""
        return b"".join(self._answered(command) for byte in data if (command := self._heard(byte)))

    def obey(self, order: Mapping[str, Any]) -> None:
        """`{"weight": 486}`: put so many grams on; with `"settles_after": 3` it moves for so many questions. `{"tare": 20}`."""
        for name in ("weight", "tare", "settles_after"):
            if name in order and type(order[name]) is not int:
                raise OrderRefused(name, order[name], "must be a whole number")
        if not {"weight", "tare"} & order.keys():
            raise OrderRefused("do", order.get("do"), 'must be state, or write {"weight": GRAMS}')
        self.grams = order.get("weight", self.grams)
        self.tare_g = order.get("tare", self.tare_g)
        self.settles_after = order.get("settles_after", 0)

    def state(self) -> dict[str, Any]:
        """What lies on it."""
        return {"grams": self.grams, "tare": self.tare_g, "stable": not self._moving, "questions": self.questions}

    @property
    def _moving(self) -> bool:
        return self._faults.in_motion or self.settles_after > 0

    @property
    def _net(self) -> int:
        return self.grams - self.tare_g

    def _heard(self, byte: int) -> bytes:
        """A whole command, once its last byte has come: one letter in 8217, LF letter CR in SMA."""
        if self.protocol == "toledo-8217":
            return b"" if byte in b"\r\n" else bytes((byte,))
        if byte == ord("\n"):
            self._command = bytearray()
            return b""
        if byte == ord("\r"):
            command, self._command = bytes(self._command), bytearray()
            return command
        self._command.append(byte)
        return b""

    def _answered(self, command: bytes) -> bytes:
        if command != b"W":
            return b"\n?\r" if self.protocol == "sma" else b"\x02?\x40\r"
        self.questions += 1
        answer = self._in_8217() if self.protocol == "toledo-8217" else self._in_sma()
        self.settles_after = max(0, self.settles_after - 1)
        if self._faults.parity_error:
            answer = answer[:3] + b"\x00" + answer[4:]
        if self._faults.stale:
            answer, self._held_back = self._held_back, answer
        return answer

    def _in_8217(self) -> bytes:
        flags = _ALWAYS | (_MOTION if self._moving else 0) | (_OVER if self.grams > CAPACITY_G else 0)
        flags |= (_UNDER if self._net < 0 else 0) | (_OUTSIDE_ZERO if self._faults.zero_needed else 0)
        if flags != _ALWAYS:
            return b"\x02?" + bytes((flags | (_AT_ZERO if not self.grams else 0),)) + b"\r"
        net = b"N" if self.tare_g else b""
        return b"\x02%02d.%03d" % divmod(self._net, 1000) + net + b"\r"

    def _in_sma(self) -> bytes:
        status = "O" if self.grams > CAPACITY_G else "U" if self._net < 0 else "Z" if not self._net else " "
        weight = f"{'-' if self._net < 0 else ''}{abs(self._net) // 1000}.{abs(self._net) % 1000:03d}"
        if self._faults.zero_needed:
            status, weight = "E", "-" * 10
        motion = "M" if self._moving else " "
        kind = "N" if self.tare_g else "G"
        return f"\n{status}1{kind}{motion} {weight:>10}kg \r".encode("ascii")
