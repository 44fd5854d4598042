"""Figures, closings and summaries as messages of the contract and back; a closing's bytes are the body of its CLOSING event."""

from __future__ import annotations

from google.protobuf.message import DecodeError

from branchgate.errors import Refused
from branchgate.figures.model import (
    ArticleFigure,
    BusinessCaseFigure,
    CategoryFigure,
    Closing,
    Figures,
    HourFigure,
    PaymentFigure,
    Summary,
    SummaryColumns,
    UserFigure,
)
from branchgate.v1 import figures_pb2, intake_pb2
from branchgate.vat import VatSum


def encode_figures(figures: Figures) -> bytes:
    """The figures as bytes; the same figures give the same bytes."""
    return figures_to_message(figures).SerializeToString(deterministic=True)


def decode_figures(data: bytes) -> Figures:
    """Reads figures. Raises Refused (FIGURES_UNREADABLE)."""
    try:
        return figures_from_message(figures_pb2.Figures.FromString(data))
    except DecodeError as failure:
        raise Refused("FIGURES_UNREADABLE", field="figures", value=f"{len(data)} bytes", rule=str(failure)) from failure


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
        message.register_id,
        message.z_number,
        message.business_day,
        message.closed_at_ms,
        message.through_journal_sequence,
        figures_from_message(message.figures),
        message.user_id,
        message.taxonomy_version,
        message.chain_hash,
    )


def closing_to_message(closing: Closing) -> figures_pb2.Closing:
    """The closing as a message."""
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
    )


def figures_to_message(figures: Figures) -> figures_pb2.Figures:
    """The figures as a message."""
    return figures_pb2.Figures(
        receipt_count=figures.receipt_count,
        line_count=figures.line_count,
        gross_cents=figures.gross_cents,
        first_receipt_number=figures.first_receipt_number,
        last_receipt_number=figures.last_receipt_number,
        vat=[
            figures_pb2.VatFigure(
                vat_key=row.vat_key,
                vat_rate_basis_points=row.vat_rate_basis_points,
                gross_cents=row.gross_cents,
                net_cents=row.net_cents,
                vat_cents=row.vat_cents,
            )
            for row in figures.vat
        ],
        payments=[
            figures_pb2.PaymentFigure(
                type=row.type, name=row.name, currency=row.currency, count=row.count, amount_cents=row.amount_cents
            )
            for row in figures.payments
        ],
        business_cases=[
            figures_pb2.BusinessCaseFigure(
                business_case=row.business_case, count=row.count, gross_cents=row.gross_cents
            )
            for row in figures.business_cases
        ],
        categories=[
            figures_pb2.CategoryFigure(
                category_key=row.category_key, category_name=row.category_name, gross_cents=row.gross_cents
            )
            for row in figures.categories
        ],
        users=[
            figures_pb2.UserFigure(user_id=row.user_id, receipt_count=row.receipt_count, gross_cents=row.gross_cents)
            for row in figures.users
        ],
        hours=[
            figures_pb2.HourFigure(hour=row.hour, receipt_count=row.receipt_count, gross_cents=row.gross_cents)
            for row in figures.hours
        ],
        top_articles=[
            figures_pb2.ArticleFigure(
                article_number=row.article_number,
                text=row.text,
                quantity_thousandths=row.quantity_thousandths,
                gross_cents=row.gross_cents,
            )
            for row in figures.top_articles
        ],
        return_count=figures.return_count,
        return_cents=figures.return_cents,
        void_count=figures.void_count,
        void_cents=figures.void_cents,
        line_void_count=figures.line_void_count,
        discount_cents=figures.discount_cents,
        training_count=figures.training_count,
        cash_cents=figures.cash_cents,
        finding_count=figures.finding_count,
        no_sale_count=figures.no_sale_count,
    )


def figures_from_message(message: figures_pb2.Figures) -> Figures:
    """Reads figures from a message."""
    return Figures(
        receipt_count=message.receipt_count,
        line_count=message.line_count,
        gross_cents=message.gross_cents,
        first_receipt_number=message.first_receipt_number,
        last_receipt_number=message.last_receipt_number,
        vat=tuple(
            VatSum(row.vat_key, row.vat_rate_basis_points, row.gross_cents, row.net_cents, row.vat_cents)
            for row in message.vat
        ),
        payments=tuple(
            PaymentFigure(row.type, row.name, row.currency, row.count, row.amount_cents) for row in message.payments
        ),
        business_cases=tuple(
            BusinessCaseFigure(row.business_case, row.count, row.gross_cents) for row in message.business_cases
        ),
        categories=tuple(
            CategoryFigure(row.category_key, row.category_name, row.gross_cents) for row in message.categories
        ),
        users=tuple(UserFigure(row.user_id, row.receipt_count, row.gross_cents) for row in message.users),
        hours=tuple(HourFigure(row.hour, row.receipt_count, row.gross_cents) for row in message.hours),
        top_articles=tuple(
            ArticleFigure(row.article_number, row.text, row.quantity_thousandths, row.gross_cents)
            for row in message.top_articles
        ),
        return_count=message.return_count,
        return_cents=message.return_cents,
        void_count=message.void_count,
        void_cents=message.void_cents,
        line_void_count=message.line_void_count,
        discount_cents=message.discount_cents,
        training_count=message.training_count,
        cash_cents=message.cash_cents,
        finding_count=message.finding_count,
        no_sale_count=message.no_sale_count,
    )


def summary_to_message(summary: Summary) -> intake_pb2.Summary:
    """The summary as a message."""
    columns = summary.columns
    return intake_pb2.Summary(
        register_id=summary.register_id,
        business_day=summary.business_day,
        z_number=summary.z_number,
        through_journal_sequence=summary.through_journal_sequence,
        figures=figures_to_message(summary.figures),
        columns=intake_pb2.SummaryColumns(
            hour=columns.hour,
            category=columns.category,
            vat_key=columns.vat_key,
            gross_cents=columns.gross_cents,
            line_count=columns.line_count,
            category_keys=columns.category_keys,
        ),
    )


def summary_from_message(message: intake_pb2.Summary) -> Summary:
    """Reads a summary from a message."""
    columns = message.columns
    return Summary(
        message.register_id,
        message.business_day,
        message.z_number,
        message.through_journal_sequence,
        figures_from_message(message.figures),
        SummaryColumns(
            tuple(columns.hour),
            tuple(columns.category),
            tuple(columns.vat_key),
            tuple(columns.gross_cents),
            tuple(columns.line_count),
            tuple(columns.category_keys),
        ),
    )
