"""The figures of a period: one definition for X, Z, branch and central.

`model` holds the values, `addition` sums them over periods, `codec` puts them into the messages of the contract.
"""

from __future__ import annotations

from branchgate.figures.addition import add
from branchgate.figures.closings import (
    closing_to_message,
    count_from_message,
    count_to_message,
    decode_closing,
    decode_count,
    decode_details,
    encode_closing,
    encode_count,
    encode_details,
)
from branchgate.figures.codec import (
    cash_to_message,
    columns_from_message,
    columns_to_message,
    decode_figures,
    encode_figures,
    figures_from_message,
    figures_to_message,
    summary_from_message,
    summary_to_message,
)
from branchgate.figures.model import (
    CASH_MOVEMENTS,
    TOP_ARTICLES,
    ArticleFigure,
    BusinessCaseFigure,
    CashCount,
    CashFigure,
    CategoryFigure,
    Closing,
    ClosingMasterData,
    Denomination,
    Figures,
    HourFigure,
    PaymentFigure,
    Summary,
    SummaryColumns,
    UserFigure,
)
from branchgate.figures.spans import SpanSum

__all__ = [
    "CASH_MOVEMENTS",
    "TOP_ARTICLES",
    "ArticleFigure",
    "BusinessCaseFigure",
    "CashCount",
    "CashFigure",
    "CategoryFigure",
    "Closing",
    "ClosingMasterData",
    "Denomination",
    "Figures",
    "HourFigure",
    "PaymentFigure",
    "SpanSum",
    "Summary",
    "SummaryColumns",
    "UserFigure",
    "add",
    "cash_to_message",
    "closing_to_message",
    "columns_from_message",
    "columns_to_message",
    "count_from_message",
    "count_to_message",
    "decode_closing",
    "decode_count",
    "decode_details",
    "decode_figures",
    "encode_closing",
    "encode_count",
    "encode_details",
    "encode_figures",
    "figures_from_message",
    "figures_to_message",
    "summary_from_message",
    "summary_to_message",
]
