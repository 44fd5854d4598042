"""The figures of a period: one definition for X, Z, branch and central.

`model` holds the values, `addition` sums them over periods, `codec` puts them into the messages of the contract.
"""

from __future__ import annotations

from branchgate.figures.addition import add
from branchgate.figures.codec import (
    closing_to_message,
    decode_closing,
    decode_figures,
    encode_closing,
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
    CategoryFigure,
    Closing,
    Figures,
    HourFigure,
    PaymentFigure,
    Summary,
    SummaryColumns,
    UserFigure,
)

__all__ = [
    "CASH_MOVEMENTS",
    "TOP_ARTICLES",
    "ArticleFigure",
    "BusinessCaseFigure",
    "CategoryFigure",
    "Closing",
    "Figures",
    "HourFigure",
    "PaymentFigure",
    "Summary",
    "SummaryColumns",
    "UserFigure",
    "add",
    "closing_to_message",
    "decode_closing",
    "decode_figures",
    "encode_closing",
    "encode_figures",
    "figures_from_message",
    "figures_to_message",
    "summary_from_message",
    "summary_to_message",
]
