"""Who are you? Asked of whatever answers at an address: port 9100 is also that of web servers and metrics exporters.

A printer answers DLE EOT 1 with one status byte. GS I 65 to 69 tell its firmware, maker, model and serial number, GS ( H, GS r and
GS g what it can prove (Epson ESC/POS reference). All but DLE EOT are answered in the order of print data, so not while offline.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from drivers.discovery.conversation import Conversation
from drivers.drawer import Level
from drivers.escpos.commands import (
    AUTOCUTTER_COUNTER,
    ORDERED_PAPER_STATUS,
    process_id,
    process_id_fence,
    real_time_status,
)
from drivers.escpos.replies import (
    COUNTER_HEADER,
    AutomaticStatus,
    Block,
    OrderedStatus,
    ProcessId,
    RealTimeStatus,
    ReplyParser,
)
from drivers.escpos.status import OnlineStatus, RealTimeQuery

ANSWER_S: Final = 1.0
PROOF_S: Final = 2.0
GREETING_S: Final = 0.3  # servers of other kinds introduce themselves unasked
_LETTERS: Final = re.compile(rb"[ -~]{5}")
LONGEST_SHOWN: Final = 60
LINE_ENDS: Final = b"\r\n\r\n"
"""Makes a server that speaks lines speak; a printer without return channel feeds two lines."""


class Verdict(StrEnum):
    """What answers there."""

    PRINTER = "printer"
    SOMETHING_ELSE = "something-else"
    SILENT = "silent"  # a printer without return channel, or anything


@dataclass(frozen=True, slots=True)
class Introduction:
    """What a device said about itself; empty where it did not. `said`: the first words of something that is no printer.

    `drawer_level` is that of the drawer's sensor pin. An offline printer does not tell its names.
    """

    verdict: Verdict
    maker: str = ""
    model: str = ""
    serial: str = ""
    firmware: str = ""
    online: bool | None = None
    drawer_level: Level | None = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a printer can prove: process ids (GS ( H), answers in order (GS r), its cutter's counter (GS g 2)."""

    process_ids: bool
    ordered: bool
    cutter_counter: int | None


async def introduce(talk: Conversation) -> Introduction:
    """Ask who is there. Raises LinkLost when it hangs up without a word."""
    said = await talk.listen(GREETING_S)
    if not _is_text(said):
        said += await talk.exchange(real_time_status(RealTimeQuery.PRINTER), ANSWER_S)
    if not said:
        said = await talk.exchange(LINE_ENDS, ANSWER_S)
        if not said:
            return Introduction(Verdict.SILENT)
    status = _status(said)
    if status is None:
        return Introduction(Verdict.SOMETHING_ELSE, said=_shown(said))
    online = OnlineStatus.OFFLINE not in status
    level = Level.HIGH if OnlineStatus.DRAWER_PIN_3_HIGH in status else Level.LOW
    texts = await _texts(talk) if online else {}
    return Introduction(
        Verdict.PRINTER,
        texts.get(66, ""),
        texts.get(67, ""),
        texts.get(68, ""),
        texts.get(65, ""),
        online=online,
        drawer_level=level,
    )


async def examine(talk: Conversation, number: int) -> Abilities:
    """Try what the printer can prove; it must be online. `number` of the process id: any that was not used just before."""
    identity = process_id(number)
    fence = await talk.ask(process_id_fence(identity), lambda reply: reply == ProcessId(identity), PROOF_S)
    ordered = await talk.ask(ORDERED_PAPER_STATUS, lambda reply: isinstance(reply, OrderedStatus), PROOF_S)
    return Abilities(fence is not None, ordered is not None, None if fence is None else await _cuts(talk))


async def _cuts(talk: Conversation) -> int | None:
    """The cutter's counter. Only for printers that know GS ( H, which came with it: others may print the question as text."""
    count = await talk.ask(AUTOCUTTER_COUNTER, lambda reply: isinstance(reply, Block), PROOF_S)
    known = isinstance(count, Block) and count.header == COUNTER_HEADER and count.text.isdigit()
    return int(count.text) if isinstance(count, Block) and known else None


async def drawer_level(talk: Conversation) -> Level | None:
    """The level of the drawer's sensor pin now; None when the printer does not say."""
    status = _status(await talk.exchange(real_time_status(RealTimeQuery.PRINTER), ANSWER_S))
    if status is None:
        return None
    return Level.HIGH if OnlineStatus.DRAWER_PIN_3_HIGH in status else Level.LOW


def _status(said: bytes) -> OnlineStatus | None:
    """The printer's status in what was said, None when there is none."""
    if _is_text(said):
        return None
    replies = ReplyParser().feed(said)
    status = next((reply for reply in replies if isinstance(reply, RealTimeStatus)), None)
    if status is not None:
        return OnlineStatus(status.value)
    pushed = next((reply for reply in replies if isinstance(reply, AutomaticStatus)), None)
    # The bits that both have in common lie in the same places (Epson reference, GS a).
    return None if pushed is None else OnlineStatus(OnlineStatus.FIXED | (pushed.printer & 0x0C))


def _is_text(said: bytes) -> bool:
    """Letters are no status, although "220 mail" begins with a valid status byte: a unit of status never has five in a row."""
    return _LETTERS.search(said) is not None


async def _texts(talk: Conversation) -> dict[int, str]:
    """GS I by number. Whoever leaves one unanswered knows none: asking on would cost a second each."""
    texts = {}
    for number in (66, 67, 68, 65):
        reply = await talk.ask(bytes((0x1D, 0x49, number)), lambda reply: isinstance(reply, Block), ANSWER_S)
        if not isinstance(reply, Block):
            break
        texts[number] = reply.text.decode("ascii", "replace").strip()
    return texts


def _shown(said: bytes) -> str:
    first = said[:LONGEST_SHOWN].decode("latin-1").strip().split("\n", 1)[0]
    return "".join(letter if letter.isprintable() else "." for letter in first.strip())
