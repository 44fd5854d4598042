"""What the sales store replies, as frozen values, and how it is read from the socket's messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from branchgate.figures import (
    ArticleFigure,
    CashCount,
    CashFigure,
    Closing,
    Figures,
    SpanSum,
    Summary,
    SummaryColumns,
    decode_closing,
    decode_count,
    decode_details,
    decode_figures,
)
from gateway.sales.frames import Message


@dataclass(frozen=True, slots=True)
class Covered:
    """Exactly what a reply covers: the journal up to `through`, whose entry there has `chain_hash`."""

    through: int
    chain_hash: bytes


@dataclass(frozen=True, slots=True)
class PeriodName:
    """A register's Z period and its business day (ISO 8601)."""

    register_id: str
    z_number: int
    business_day: str


@dataclass(frozen=True, slots=True)
class FiguresReply:
    """One sum over `periods`; no periods, empty figures."""

    covered: Covered
    periods: tuple[PeriodName, ...]
    figures: Figures


@dataclass(frozen=True, slots=True)
class OpenPeriod:
    """An open period and how it stands, with its last count."""

    period: PeriodName
    figures: Figures
    count: CashCount | None = None


@dataclass(frozen=True, slots=True)
class OpenPeriodsReply:
    """Every open period asked for, ordered by register."""

    covered: Covered
    periods: tuple[OpenPeriod, ...]


@dataclass(frozen=True, slots=True)
class Drawer:
    """What should be in a register's drawer: `carried_cents` of the last period while this one has no receipt, then what moved cash."""

    register_id: str
    carried_cents: int = 0
    cash: tuple[CashFigure, ...] = ()
    last_count: CashCount | None = None

    @property
    def expected_cents(self) -> int:
        """Cents."""
        return self.carried_cents + sum(row.amount_cents for row in self.cash)


@dataclass(frozen=True, slots=True)
class DrawersReply:
    """The drawers asked about that anything is known of, ordered by register."""

    covered: Covered
    drawers: tuple[Drawer, ...]


@dataclass(frozen=True, slots=True)
class RecordedClosing:
    """A closing as it stands in the journal."""

    event_id: bytes
    closing: Closing


@dataclass(frozen=True, slots=True)
class ClosedReply:
    """Closed days: their sum and, if asked for, its parts in order of time. `still_open` periods of these days are not in it."""

    covered: Covered
    whole: SpanSum
    parts: tuple[SpanSum, ...]
    still_open: int


def covered(reply: Message) -> Covered:
    """What a reply covers."""
    return Covered(reply["through"], bytes.fromhex(reply["chain_hash"]))


def figures_reply(reply: Message) -> FiguresReply:
    """Reads a sum."""
    answer = reply["answer"]
    return FiguresReply(
        covered(reply), tuple(_period(period) for period in answer["periods"]), _figures(answer["figures"])
    )


def open_periods_reply(reply: Message) -> OpenPeriodsReply:
    """Reads figures by period."""
    periods = tuple(OpenPeriod(_period(row), _figures(row["figures"]), _count(row["count"])) for row in reply["answer"])
    return OpenPeriodsReply(covered(reply), periods)


def details_reply(reply: Message) -> tuple[SummaryColumns, tuple[ArticleFigure, ...]]:
    """Reads what a closing keeps beside its figures; nothing for a period without a receipt."""
    return decode_details(bytes.fromhex("".join(reply["answer"])))


def drawers_reply(reply: Message) -> DrawersReply:
    """Reads drawers."""
    drawers = tuple(
        Drawer(
            row["register_id"],
            row["carried"],
            tuple(CashFigure(*figure) for figure in row["cash"]),
            _count(row["count"]),
        )
        for row in reply["answer"]
    )
    return DrawersReply(covered(reply), drawers)


def summary(reply: Message) -> Summary | None:
    """Reads a period's summary; a closed one's is that of its closing, whenever it is asked for. None: there is no such period."""
    row = reply["answer"]
    if row is None:
        return None
    if "closing" in row:
        closing = decode_closing(bytes.fromhex(row["closing"]))
        return Summary(
            closing.register_id,
            closing.business_day,
            closing.z_number,
            closing.through_journal_sequence,
            closing.figures,
            closing.columns,
            closing.articles,
        )
    columns, articles = decode_details(bytes.fromhex(row["details"]))
    figures = _figures(row["figures"])
    return Summary(row["register_id"], row["business_day"], 0, reply["through"], figures, columns, articles)


def closings(reply: Message) -> tuple[RecordedClosing, ...]:
    """Reads closings."""
    return tuple(
        RecordedClosing(bytes.fromhex(event_id), decode_closing(bytes.fromhex(body)))
        for event_id, body in reply["answer"]
    )


def closed_reply(reply: Message) -> ClosedReply:
    """Reads sums over closed days; without a closing they are empty."""
    answer = reply["answer"]
    whole = next((_span_sum(row) for row in answer["whole"]), SpanSum("", 0, "", "", Figures()))
    return ClosedReply(covered(reply), whole, tuple(_span_sum(row) for row in answer["parts"]), answer["still_open"])


def _span_sum(row: Message) -> SpanSum:
    return SpanSum(row["name"], row["closings"], row["first_day"], row["last_day"], _figures(row["figures"]))


def _period(row: dict[str, Any]) -> PeriodName:
    return PeriodName(row["register_id"], row["z_number"], row["business_day"])


def _count(text: str) -> CashCount | None:
    return decode_count(bytes.fromhex(text)) if text else None


def _figures(text: str) -> Figures:
    return decode_figures(bytes.fromhex(text))
