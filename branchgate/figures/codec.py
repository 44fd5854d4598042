"""Figures and summaries as messages of the contract and back."""

from __future__ import annotations

from google.protobuf.message import DecodeError

from branchgate.errors import Refused
from branchgate.figures.model import (
    ArticleFigure,
    BusinessCaseFigure,
    CashFigure,
    CategoryFigure,
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
                type=row.type,
                name=row.name,
                currency=row.currency,
                count=row.count,
                amount_cents=row.amount_cents,
                foreign_amount=row.foreign_amount,
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
            figures_pb2.UserFigure(
                user_id=row.user_id,
                receipt_count=row.receipt_count,
                gross_cents=row.gross_cents,
                user_name=row.user_name,
            )
            for row in figures.users
        ],
        hours=[
            figures_pb2.HourFigure(hour=row.hour, receipt_count=row.receipt_count, gross_cents=row.gross_cents)
            for row in figures.hours
        ],
        top_articles=[article_to_message(row) for row in figures.top_articles],
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
        cash=[cash_to_message(row) for row in figures.cash],
        movement_void_count=figures.movement_void_count,
        movement_void_cents=figures.movement_void_cents,
        abandoned_count=figures.abandoned_count,
        surcharge_cents=figures.surcharge_cents,
        late_count=figures.late_count,
        first_at_ms=figures.first_at_ms,
        last_at_ms=figures.last_at_ms,
        sale_count=figures.sale_count,
        signed_count=figures.signed_count,
        unsigned_count=figures.unsigned_count,
        staff_count=figures.staff_count,
        staff_cents=figures.staff_cents,
        first_reserved_number=figures.first_reserved_number,
        last_reserved_number=figures.last_reserved_number,
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
            PaymentFigure(row.type, row.name, row.currency, row.count, row.amount_cents, row.foreign_amount)
            for row in message.payments
        ),
        business_cases=tuple(
            BusinessCaseFigure(row.business_case, row.count, row.gross_cents) for row in message.business_cases
        ),
        categories=tuple(
            CategoryFigure(row.category_key, row.category_name, row.gross_cents) for row in message.categories
        ),
        users=tuple(
            UserFigure(row.user_id, row.receipt_count, row.gross_cents, row.user_name) for row in message.users
        ),
        hours=tuple(HourFigure(row.hour, row.receipt_count, row.gross_cents) for row in message.hours),
        top_articles=tuple(article_from_message(row) for row in message.top_articles),
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
        cash=tuple(cash_from_message(row) for row in message.cash),
        movement_void_count=message.movement_void_count,
        movement_void_cents=message.movement_void_cents,
        abandoned_count=message.abandoned_count,
        surcharge_cents=message.surcharge_cents,
        late_count=message.late_count,
        first_at_ms=message.first_at_ms,
        last_at_ms=message.last_at_ms,
        sale_count=message.sale_count,
        signed_count=message.signed_count,
        unsigned_count=message.unsigned_count,
        staff_count=message.staff_count,
        staff_cents=message.staff_cents,
        first_reserved_number=message.first_reserved_number,
        last_reserved_number=message.last_reserved_number,
    )


def article_to_message(row: ArticleFigure) -> figures_pb2.ArticleFigure:
    """An article's figures as a message."""
    return figures_pb2.ArticleFigure(
        article_number=row.article_number,
        text=row.text,
        quantity_thousandths=row.quantity_thousandths,
        gross_cents=row.gross_cents,
        unit=row.unit,
    )


def article_from_message(row: figures_pb2.ArticleFigure) -> ArticleFigure:
    """Reads an article's figures from a message."""
    return ArticleFigure(row.article_number, row.text, row.quantity_thousandths, row.gross_cents, row.unit)


def cash_to_message(row: CashFigure) -> figures_pb2.CashFigure:
    """What moved cash as a message."""
    return figures_pb2.CashFigure(business_case=row.business_case, count=row.count, amount_cents=row.amount_cents)


def cash_from_message(row: figures_pb2.CashFigure) -> CashFigure:
    """Reads what moved cash from a message."""
    return CashFigure(row.business_case, row.count, row.amount_cents)


def columns_to_message(columns: SummaryColumns) -> figures_pb2.SummaryColumns:
    """Packed columns as a message."""
    return figures_pb2.SummaryColumns(
        hour=columns.hour,
        category=columns.category,
        vat_key=columns.vat_key,
        gross_cents=columns.gross_cents,
        line_count=columns.line_count,
        category_keys=columns.category_keys,
    )


def columns_from_message(message: figures_pb2.SummaryColumns) -> SummaryColumns:
    """Reads packed columns from a message."""
    return SummaryColumns(
        tuple(message.hour),
        tuple(message.category),
        tuple(message.vat_key),
        tuple(message.gross_cents),
        tuple(message.line_count),
        tuple(message.category_keys),
    )


def summary_to_message(summary: Summary) -> intake_pb2.Summary:
    """The summary as a message."""
    return intake_pb2.Summary(
        register_id=summary.register_id,
        business_day=summary.business_day,
        z_number=summary.z_number,
        through_journal_sequence=summary.through_journal_sequence,
        figures=figures_to_message(summary.figures),
        columns=columns_to_message(summary.columns),
        articles=[article_to_message(row) for row in summary.articles],
    )


def summary_from_message(message: intake_pb2.Summary) -> Summary:
    """Reads a summary from a message."""
    return Summary(
        message.register_id,
        message.business_day,
        message.z_number,
        message.through_journal_sequence,
        figures_from_message(message.figures),
        columns_from_message(message.columns),
        tuple(article_from_message(row) for row in message.articles),
    )
