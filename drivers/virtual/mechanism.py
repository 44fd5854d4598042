"""The printing part: executes commands in order, moves paper, cuts, and knows what hangs out of the printer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from drivers.escpos.status import AsbRequest
from drivers.virtual import replies
from drivers.virtual.composer import Composer
from drivers.virtual.condition import Condition
from drivers.virtual.events import Complaint, SlipDone
from drivers.virtual.outbox import Outbox
from drivers.virtual.paper import DOTS_PER_MM, Cut, Element, Feed, Interruption, Slip
from drivers.virtual.settings import PrinterSettings
from drivers.virtual.slips import PaperPath
from drivers.virtual.switchboard import Switchboard
from drivers.virtual.tokenizer import UNKNOWN, Token, character

# GS V m: full and partial in functions A, B, C and D (Epson ESC/POS reference, GS V).
PARTIAL_CUTS: Final = frozenset({1, 49, 66, 98, 104})
UNASKED: Final = AsbRequest.DRAWER | AsbRequest.ONLINE | AsbRequest.ERROR | AsbRequest.PAPER
REAL_TIME_PULSE: Final = (b"\x14\x01", b"\x14\x31")


def is_process_id(token: Token) -> bool:
    """Whether it is GS ( H function 48."""
    return token.name == "GS (" and token.body[:1] == b"H" and token.body[3:5] == b"00"


class Mechanism:
    """Print modes, paper path, counters and everything ESC @ resets. Times are milliseconds."""

    def __init__(self, settings: PrinterSettings, switches: Switchboard, outbox: Outbox) -> None:
        self._settings = settings
        self._switches = switches
        self._outbox = outbox
        self._composer = Composer(settings.width)
        self._path = PaperPath(settings.receipt_number_pattern)
        self._handlers: dict[str, Callable[[Token, int, int], None]] = {
            "ESC @": self._initialise,
            "ESC i": lambda token, boot, now: self._cut(Cut.FULL, token, boot, now),
            "ESC m": lambda token, boot, now: self._cut(Cut.PARTIAL, token, boot, now),
            "GS V": self._feed_and_cut,
            "GS I": lambda token, _boot, _now: self._identify(token),
            "GS g": lambda token, _boot, now: self._counter(token, now),
            "GS (": lambda token, _boot, now: self._function(token, now),
            "GS 8": lambda token, _boot, now: self._print(self._composer.graphic_function(token.body[5:]), now),
            UNKNOWN: lambda token, _boot, _now: outbox.tell(Complaint(f"unknown command {token.raw.hex(' ')}")),
        }
        self._unprinted_ids: list[bytes] = []
        self.connection = ""
        self.slips: list[Slip] = []
        self.lines = 0
        self.cuts = 0
        self.busy_until = 0.0
        self.initialise()

    def initialise(self) -> None:
        """ESC @ and power on: modes to their defaults, the line being built is lost."""
        self._composer.reset()
        self._unprinted_ids.clear()
        self._asb = AsbRequest.OFF
        self._reported: tuple[object, ...] = ()
        self.real_time_pulses = True

    def wait_until(self, now: int) -> None:
        """Nothing moves before this time."""
        self.busy_until = max(self.busy_until, now)

    def clear(self) -> None:
        """DLE DC4 8, DLE ENQ 2: the line being built is lost, modes stay."""
        self.interrupted(Interruption.CLEARED)
        self._composer.clear()
        self._unprinted_ids.clear()

    def interrupted(self, why: Interruption) -> None:
        """The job that printed what hangs out will not finish it; the next ESC @ gives it up."""
        self._path.interrupted(why)

    def give_up(self, why: Interruption, boot: int, now: int) -> None:
        """What hangs out is torn off as it is."""
        self._path.interrupted(why)
        self._out(self._path.finish(Cut.NONE, boot, now))

    def execute(self, token: Token, boot: int, now: int) -> None:
        """Do what a command says."""
        handler = self._handlers.get(token.name)
        if handler:
            handler(token, boot, now)
        else:
            self._print(self._composer.execute(token), now)
        self._outbox.tell(*(Complaint(text) for text in self._composer.complaints))
        self._composer.complaints.clear()

    def automatic_status(self, request: int, condition: Condition) -> bytes:
        """GS a: report changes of these categories from now on; the status to send at once."""
        if self._switches.faults.no_automatic_status:
            return b""
        self._asb = AsbRequest(request)
        self._reported = condition.reported(self._asb)
        return condition.asb() if self._asb else b""

    def changed_status(self, condition: Condition) -> bytes:
        """The automatic status to send if something it watches has changed."""
        watched = UNASKED if self._switches.faults.unasked_status else self._asb
        if not watched or condition.reported(watched) == self._reported:
            return b""
        self._reported = condition.reported(watched)
        return condition.asb()

    def _print(self, elements: list[Element], now: int) -> None:
        for element in elements:
            printed = not isinstance(element, Feed)
            self._path.add(element, self.connection, now)
            self.lines += printed
            self._switches.lines_printed(int(printed))
            if self._settings.speed_mm_s:
                self.busy_until += element.advance / DOTS_PER_MM / self._settings.speed_mm_s * 1000
        if elements and not self._composer.line_begun:
            for process_id in self._unprinted_ids:
                self._answer(process_id, now)
            self._unprinted_ids.clear()

    def _initialise(self, _token: Token, boot: int, now: int) -> None:
        if self._path.interruption:
            self.give_up(self._path.interruption, boot, now)
        self.initialise()

    def _feed_and_cut(self, token: Token, boot: int, now: int) -> None:
        if len(token.body) > 1 and not self._composer.line_begun:
            self._print([Feed(token.body[1])], now)
        self._cut(Cut.PARTIAL if token.body[0] in PARTIAL_CUTS else Cut.FULL, token, boot, now)

    def _cut(self, kind: Cut, token: Token, boot: int, now: int) -> None:
        """Epson cuts only at the beginning of a line; elsewhere the command is ignored."""
        if self._composer.line_begun:
            self._outbox.tell(Complaint(f"{token.name} is ignored: it is not at the beginning of a line"))
            return
        self.cuts += 1
        self._path.interruption = None
        self._out(self._path.finish(kind, boot, now))

    def _out(self, slip: Slip | None) -> None:
        if slip:
            self.slips.append(slip)
            self._outbox.tell(SlipDone(slip))

    def _identify(self, token: Token) -> None:
        if not self._switches.faults.no_identity:
            self._outbox.send(replies.identity(token.body[0], self._settings.identity))

    def _counter(self, token: Token, now: int) -> None:
        """GS g 2 m nL nH; GS g 0 resets only counters this printer does not have."""
        faults = self._switches.faults
        if faults.prints_unknown_commands:
            self._type(token.body, now)
        elif token.body[:1] == b"2" and not faults.no_counters:
            cuts = self.cuts if faults.cutter_counter_reads is None else faults.cutter_counter_reads
            counters = {replies.LINE_FEED_COUNTER: self.lines, replies.CUTTER_COUNTER: cuts}
            self._outbox.send(replies.counter(counters.get(token.body[2] | token.body[3] << 8, 0)))

    def _function(self, token: Token, now: int) -> None:
        """GS ( letter pL pH parameters."""
        letter, parameters = token.body[:1], token.body[3:]
        if letter == b"H" and self._switches.faults.prints_unknown_commands:
            self._type(parameters, now)
        elif is_process_id(token):
            self._fence(parameters[2:6], now)
        elif letter == b"k":
            self._print(self._composer.symbol_function(token.body), now)
        elif letter == b"L":
            self._print(self._composer.graphic_function(parameters), now)
        elif letter == b"D" and parameters[:2] in REAL_TIME_PULSE and len(parameters) > 2:
            self.real_time_pulses = bool(parameters[2] & 1)

    def _type(self, data: bytes, now: int) -> None:
        """Print bytes that belong to a command as if they were text, as clones do that know only its first letters."""
        for byte in data:
            self._print(self._composer.execute(character(byte)), now)

    def _fence(self, process_id: bytes, now: int) -> None:
        """GS ( H function 48: answer when everything before it is on paper."""
        if self._switches.faults.no_process_ids or self._switches.faults.early_process_ids:
            return
        if self._composer.line_begun:
            self._unprinted_ids.append(process_id)
        else:
            self._answer(process_id, now)

    def _answer(self, process_id: bytes, now: int) -> None:
        printed_at = max(self.busy_until, now) if self._settings.speed_mm_s else now
        self._outbox.answer(process_id, printed_at + self._switches.faults.process_id_delay_ms)
        self._outbox.send_due(now)
