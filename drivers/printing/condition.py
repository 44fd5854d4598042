"""What is known of a printer's condition, from whatever it says. Silence is "unknown", never "fine". No I/O."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from drivers.drawer import DrawerSensor, Level
from drivers.errors import Reason
from drivers.escpos.replies import AutomaticStatus, RealTimeStatus, Reply
from drivers.escpos.status import (
    AsbError,
    AsbPaper,
    AsbPrinter,
    ErrorCause,
    OfflineCause,
    OnlineStatus,
    PaperSensor,
    RealTimeQuery,
)

_ASB_ERRORS: Final = AsbError.RECOVERABLE | AsbError.AUTOCUTTER | AsbError.UNRECOVERABLE | AsbError.AUTO_RECOVERABLE


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """A printer's condition; None means unknown. `reason` names what keeps it from printing, None when nothing does.

    `error` is any error; `cutter_error` and `head_hot` say which where the printer does. `confirms_prints`: it was asked and answers
    process ids (GS ( H), or does not; this alone is kept over a broken link.
    """

    online: bool | None = None
    cover_open: bool | None = None
    paper_out: bool | None = None
    near_end: bool | None = None
    drawer_open: bool | None = None
    error: bool | None = None
    cutter_error: bool | None = None
    head_hot: bool | None = None
    confirms_prints: bool | None = None
    reason: Reason | None = Reason.NOT_CONNECTED

    @property
    def ready(self) -> bool:
        """The printer says itself that it can print."""
        return self.online is True and self.reason is None


class StatusTracker:
    """Folds replies into a `PrinterStatus`. One real-time question may be open at a time."""

    def __init__(self, sensor: DrawerSensor) -> None:
        self._sensor = sensor
        self._asked: RealTimeQuery | None = None
        self.status = PrinterStatus()

    def asked(self, query: RealTimeQuery) -> None:
        """The next real-time reply answers this."""
        self._asked = query

    def received(self, reply: Reply) -> bool:
        """Take a reply; True when the status changed."""
        before = self.status
        if isinstance(reply, AutomaticStatus):
            self._automatic(reply)
        elif isinstance(reply, RealTimeStatus) and self._asked is not None:
            query, self._asked = self._asked, None
            self._answered(query, reply.value)
        return self.status != before

    def silent(self) -> bool:
        """A question stayed unanswered: nothing is known any more. True when the status changed."""
        return self._forget(Reason.NO_ANSWER)

    def unreachable(self, reason: Reason) -> bool:
        """The link is down. True when the status changed."""
        return self._forget(reason)

    def level_judged(self) -> None:
        """The sensor was seen, or what its levels mean was learnt."""
        self._set(replace(self.status, drawer_open=self._sensor.is_open))

    def fence_found(self, confirms_prints: bool) -> None:
        """The printer was asked whether it answers process ids."""
        self.status = replace(self.status, confirms_prints=confirms_prints)

    def _forget(self, reason: Reason) -> bool:
        before, self.status = self.status, PrinterStatus(confirms_prints=self.status.confirms_prints, reason=reason)
        self._asked = None
        self._sensor.saw(None)
        return self.status != before

    def _automatic(self, unit: AutomaticStatus) -> None:
        self._drawer(AsbPrinter.DRAWER_PIN_3_HIGH in unit.printer)
        self._set(
            replace(
                self.status,
                online=AsbPrinter.OFFLINE not in unit.printer,
                cover_open=AsbPrinter.COVER_OPEN in unit.printer,
                error=bool(unit.error & _ASB_ERRORS),
                cutter_error=AsbError.AUTOCUTTER in unit.error,
                head_hot=AsbError.AUTO_RECOVERABLE in unit.error,
                near_end=bool(unit.paper & AsbPaper.NEAR_END),
                paper_out=bool(unit.paper & AsbPaper.PAPER_END),
            )
        )

    def _answered(self, query: RealTimeQuery, value: int) -> None:
        match query:
            case RealTimeQuery.PRINTER:
                self._drawer(OnlineStatus.DRAWER_PIN_3_HIGH in OnlineStatus(value))
                self._set(replace(self.status, online=OnlineStatus.OFFLINE not in OnlineStatus(value)))
            case RealTimeQuery.OFFLINE_CAUSE:
                cause = OfflineCause(value)
                opened, error = OfflineCause.COVER_OPEN in cause, OfflineCause.ERROR in cause
                self._set(replace(self.status, cover_open=opened, error=error))
                if not error:
                    self._set(replace(self.status, cutter_error=False, head_hot=False))
            case RealTimeQuery.ERROR_CAUSE:
                kind = ErrorCause(value)
                cutter, hot = ErrorCause.AUTOCUTTER in kind, ErrorCause.AUTO_RECOVERABLE in kind
                some = bool(kind & ~ErrorCause.FIXED)
                self._set(replace(self.status, error=some, cutter_error=cutter, head_hot=hot))
            case RealTimeQuery.ROLL_PAPER:
                paper = PaperSensor(value)
                near, out = bool(paper & PaperSensor.NEAR_END), bool(paper & PaperSensor.PAPER_END)
                self._set(replace(self.status, near_end=near, paper_out=out))

    def _drawer(self, high: bool) -> None:
        self._sensor.saw(Level.HIGH if high else Level.LOW)
        self.level_judged()

    def _set(self, status: PrinterStatus) -> None:
        self.status = replace(status, reason=self._reason(status))

    def _reason(self, status: PrinterStatus) -> Reason | None:
        if status.cover_open:
            return Reason.COVER_OPEN
        if status.paper_out:
            return Reason.PAPER_OUT
        if status.error:
            if status.cutter_error:
                return Reason.CUTTER_ERROR
            return Reason.HEAD_HOT if status.head_hot else Reason.PRINTER_ERROR
        if status.online is None:
            return Reason.NO_ANSWER
        return None if status.online else Reason.PRINTER_OFFLINE
