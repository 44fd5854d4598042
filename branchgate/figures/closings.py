"""Closings and cash counts as messages of the contract and back; their bytes are the bodies of CLOSING and CASH_COUNT events."""

from __future__ import annotations

from collections.abc import Iterable

from google.protobuf.message import DecodeError

from branchgate.errors import Refused
from branchgate.figures.codec import (
    article_from_message,
    article_to_message,
    columns_from_message,
    columns_to_message,
    figures_from_message,
    figures_to_message,
)
from branchgate.figures.model import (
    ArticleFigure,
    CashCount,
    Closing,
    ClosingMasterData,
    Denomination,
    SummaryColumns,
)
from branchgate.v1 import figures_pb2

_MASTER_DATA = tuple(ClosingMasterData.__dataclass_fields__)


def encode_closing(closing: Closing) -> bytes:
    """The body of the closing's event; the same closing gives the same bytes."""
    return closing_to_message(closing).SerializeToString(deterministic=True)


def decode_closing(body: bytes) -> Closing:
    """The closing in an event's body. Raises Refused (FIGURES_UNREADABLE)."""
    try:
        message = figures_pb2.Closing.FromString(body)
    except DecodeError as failure:
        raise Refused("FIGURES_UNREADABLE", field="body", value=f"{len(body)} bytes", rule=str(failure)) from failure
    return Closing(
        register_id=message.register_id,
        z_number=message.z_number,
        business_day=message.business_day,
        closed_at_ms=message.closed_at_ms,
        through_journal_sequence=message.through_journal_sequence,
        figures=figures_from_message(message.figures),
        user_id=message.user_id,
        taxonomy_version=message.taxonomy_version,
        chain_hash=message.chain_hash,
        count=count_from_message(message.count) if message.HasField("count") else None,
        carried_float_cents=message.carried_float_cents if message.HasField("carried_float_cents") else None,
        carried_parked_ids=tuple(message.carried_parked_ids),
        master_data=_master_data(message.master_data) if message.HasField("master_data") else None,
        columns=columns_from_message(message.columns),
        articles=tuple(article_from_message(row) for row in message.articles),
    )


def closing_to_message(closing: Closing) -> figures_pb2.Closing:
    """The closing as a message."""
    master_data = closing.master_data
    return figures_pb2.Closing(
        register_id=closing.register_id,
        z_number=closing.z_number,
        business_day=closing.business_day,
        closed_at_ms=closing.closed_at_ms,
        through_journal_sequence=closing.through_journal_sequence,
        figures=figures_to_message(closing.figures),
        user_id=closing.user_id,
        taxonomy_version=closing.taxonomy_version,
        chain_hash=closing.chain_hash,
        count=None if closing.count is None else count_to_message(closing.count),
        carried_float_cents=closing.carried_float_cents,
        carried_parked_ids=closing.carried_parked_ids,
        master_data=None
        if master_data is None
        else figures_pb2.ClosingMasterData(**{name: getattr(master_data, name) for name in _MASTER_DATA}),
        columns=columns_to_message(closing.columns),
        articles=[article_to_message(row) for row in closing.articles],
    )


def encode_details(columns: SummaryColumns, articles: Iterable[ArticleFigure]) -> bytes:
    """What a closing keeps beside its figures, as bytes: from the sales store to the one who closes."""
    message = figures_pb2.Closing(
        columns=columns_to_message(columns), articles=[article_to_message(row) for row in articles]
    )
    return message.SerializeToString(deterministic=True)


def decode_details(data: bytes) -> tuple[SummaryColumns, tuple[ArticleFigure, ...]]:
    """Reads what `encode_details` wrote."""
    message = figures_pb2.Closing.FromString(data)
    return columns_from_message(message.columns), tuple(article_from_message(row) for row in message.articles)


def encode_count(count: CashCount) -> bytes:
    """The body of the count's event; the same count gives the same bytes."""
    return count_to_message(count).SerializeToString(deterministic=True)


def decode_count(body: bytes) -> CashCount:
    """The count in an event's body. Raises Refused (FIGURES_UNREADABLE)."""
    try:
        return count_from_message(figures_pb2.CashCount.FromString(body))
    except DecodeError as failure:
        raise Refused("FIGURES_UNREADABLE", field="body", value=f"{len(body)} bytes", rule=str(failure)) from failure


def count_to_message(count: CashCount) -> figures_pb2.CashCount:
    """The count as a message."""
    return figures_pb2.CashCount(
        register_id=count.register_id,
        counted_at_ms=count.counted_at_ms,
        user_id=count.user_id,
        denominations=[
            figures_pb2.Denomination(value_cents=row.value_cents, pieces=row.pieces) for row in count.denominations
        ],
        counted_cents=count.counted_cents,
        expected_cents=count.expected_cents,
        blind=count.blind,
        difference_cents=count.difference_cents,
        difference_event_id=count.difference_event_id,
        note=count.note,
    )


def count_from_message(message: figures_pb2.CashCount) -> CashCount:
    """Reads a count from a message."""
    return CashCount(
        register_id=message.register_id,
        counted_at_ms=message.counted_at_ms,
        user_id=message.user_id,
        counted_cents=message.counted_cents,
        expected_cents=message.expected_cents,
        difference_cents=message.difference_cents,
        denominations=tuple(Denomination(row.value_cents, row.pieces) for row in message.denominations),
        blind=message.blind,
        difference_event_id=message.difference_event_id,
        note=message.note,
    )


def _master_data(message: figures_pb2.ClosingMasterData) -> ClosingMasterData:
    return ClosingMasterData(**{name: getattr(message, name) for name in _MASTER_DATA})
