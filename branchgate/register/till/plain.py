"""Answers as plain values for JSON: receipts, articles, states and errors."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from branchgate.catalogue import Article
from branchgate.errors import BranchgateError
from branchgate.errors.texts import sentence
from branchgate.register.client import RegisterState
from branchgate.register.held import Happened

Plain = dict[str, Any]


def plain_receipt(happened: Happened) -> Plain:
    """What a script may check of a receipt that has happened; money in cents, rates in basis points."""
    receipt = happened.receipt
    return {
        "event_id": happened.event_id.hex(),
        "receipt_number": receipt.receipt_number,
        "running_number": receipt.running_number,
        "type": receipt.type.dsfinvk,
        "total_cents": receipt.total_cents,
        "vat_sums": [asdict(vat) for vat in receipt.vat_sums],
        "payments": [
            {"type": paid.type.dsfinvk, "name": paid.name, "amount_cents": paid.amount_cents}
            for paid in receipt.payments
        ],
        "cash_given_cents": receipt.cash_given_cents,
        "change_cents": receipt.change_cents,
    }


def plain_article(article: Article) -> Plain:
    """An article of the local catalogue; the unit price in 1/100,000 EUR."""
    return {
        "article_number": article.article_number,
        "name": article.name,
        "unit_price": article.unit_price,
        "unit": article.unit,
        "weighed": article.weighed,
        "deposit": article.deposit,
        "deposit_return": article.deposit_return,
        "category_key": article.category_key,
        "gtins": list(article.gtins),
    }


def plain_state(state: RegisterState) -> Plain:
    """The register's state; its failure as an error or None."""
    failure = None if state.failure is None else plain_error(state.failure)
    fields = {name: getattr(state, name) for name in state.__dataclass_fields__}
    return {**fields, "failure": failure}


def plain_error(error: BranchgateError) -> Plain:
    """An error with its sentences; the family says whether to repeat: "refused", "try-again", "outcome-unknown"."""
    return {
        "family": error.family.value,
        "reason": error.reason,
        "field": error.field,
        "value": error.value,
        "rule": error.rule,
        "text_de": sentence(error, "de"),
        "text_en": sentence(error, "en"),
    }
