"""The printer's condition as status bytes: every reply is computed from one frozen snapshot.

DLE EOT, GS a and GS r after the Epson ESC/POS reference; the tables are those the drivers read with.
"""

from __future__ import annotations

from dataclasses import dataclass

from drivers.escpos.status import (
    AsbError,
    AsbPaper,
    AsbPrinter,
    AsbRequest,
    ErrorCause,
    OfflineCause,
    OnlineStatus,
    OrderedDrawer,
    OrderedPaper,
    PaperSensor,
    RealTimeQuery,
)


@dataclass(frozen=True, slots=True)
class Condition:
    """What the sensors say at one moment."""

    cover_open: bool = False
    paper_end: bool = False
    near_end: bool = False
    cutter_error: bool = False
    head_hot: bool = False
    unrecoverable: bool = False
    feeding: bool = False
    pin_3_high: bool = True

    @property
    def error(self) -> bool:
        """An error state, by the cutter, the head, or for good."""
        return self.cutter_error or self.head_hot or self.unrecoverable

    @property
    def offline(self) -> bool:
        """Nothing is printed."""
        return self.cover_open or self.paper_end or self.feeding or self.error

    def real_time(self, query: RealTimeQuery) -> int:
        """The reply to DLE EOT n."""
        match query:
            case RealTimeQuery.PRINTER:
                return _byte(
                    OnlineStatus.FIXED,
                    {
                        OnlineStatus.DRAWER_PIN_3_HIGH: self.pin_3_high,
                        OnlineStatus.OFFLINE: self.offline,
                        OnlineStatus.FEED_BUTTON: self.feeding,
                    },
                )
            case RealTimeQuery.OFFLINE_CAUSE:
                return _byte(
                    OfflineCause.FIXED,
                    {
                        OfflineCause.COVER_OPEN: self.cover_open,
                        OfflineCause.FED_BY_BUTTON: self.feeding,
                        OfflineCause.STOPPED_BY_PAPER_END: self.paper_end,
                        OfflineCause.ERROR: self.error,
                    },
                )
            case RealTimeQuery.ERROR_CAUSE:
                return _byte(
                    ErrorCause.FIXED,
                    {
                        ErrorCause.AUTOCUTTER: self.cutter_error,
                        ErrorCause.UNRECOVERABLE: self.unrecoverable,
                        ErrorCause.AUTO_RECOVERABLE: self.head_hot,
                    },
                )
            case RealTimeQuery.ROLL_PAPER:
                return _byte(
                    PaperSensor.FIXED, {PaperSensor.NEAR_END: self._low, PaperSensor.PAPER_END: self.paper_end}
                )

    def asb(self) -> bytes:
        """The four bytes of automatic status back."""
        return bytes(
            (
                _byte(
                    AsbPrinter.FIXED,
                    {
                        AsbPrinter.DRAWER_PIN_3_HIGH: self.pin_3_high,
                        AsbPrinter.OFFLINE: self.offline,
                        AsbPrinter.COVER_OPEN: self.cover_open,
                        AsbPrinter.FED_BY_BUTTON: self.feeding,
                    },
                ),
                _byte(
                    AsbError.FIXED,
                    {
                        AsbError.FEED_BUTTON: self.feeding,
                        AsbError.AUTOCUTTER: self.cutter_error,
                        AsbError.UNRECOVERABLE: self.unrecoverable,
                        AsbError.AUTO_RECOVERABLE: self.head_hot,
                    },
                ),
                _byte(AsbPaper.FIXED, {AsbPaper.NEAR_END: self._low, AsbPaper.PAPER_END: self.paper_end}),
                0,
            )
        )

    def reported(self, request: AsbRequest) -> tuple[object, ...]:
        """What the enabled categories of GS a look at; a change in it sends a status."""
        return (
            self.pin_3_high if AsbRequest.DRAWER in request else None,
            self.offline if AsbRequest.ONLINE in request else None,
            (self.cutter_error, self.head_hot, self.unrecoverable) if AsbRequest.ERROR in request else None,
            (self._low, self.paper_end) if AsbRequest.PAPER in request else None,
            self.feeding if AsbRequest.PANEL_SWITCH in request else None,
        )

    def ordered(self, request: int) -> bytes:
        """The reply to GS r n, n as a number or a digit; empty for an n the printer does not answer."""
        if request in (1, 49):
            paper: dict[int, bool] = {OrderedPaper.NEAR_END: self._low, OrderedPaper.PAPER_END: self.paper_end}
            return bytes((_byte(OrderedPaper.FIXED, paper),))
        if request in (2, 50):
            return bytes((_byte(OrderedDrawer.FIXED, {OrderedDrawer.PIN_3_HIGH: self.pin_3_high}),))
        return b""

    @property
    def _low(self) -> bool:
        """A roll that is used up has passed the near-end sensor, too."""
        return self.near_end or self.paper_end


def _byte(fixed: int, bits: dict[int, bool]) -> int:
    value = int(fixed)
    for bit, present in bits.items():
        value |= int(bit) if present else 0
    return value
