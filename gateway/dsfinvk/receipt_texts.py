"""Texts of receipts and their lines, in the order in which their columns want them, cut and cleaned to fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from branchgate.receipts.model import BusinessCase, ReceiptType
from branchgate.v1 import receipt_pb2
from gateway.dsfinvk.notes import Notes
from gateway.dsfinvk.texts import fitting, required

Values: TypeAlias = tuple[Any, ...]

_SONSTIGE = int(ReceiptType.AV_SONSTIGE)
_CASES = {int(case): case.dsfinvk for case in BusinessCase}

NOBODY = "-"
"""BEDIENER_ID of a receipt that names nobody: the column must be filled."""


class ReceiptTexts:
    """Texts of a Bonkopf."""

    def __init__(self, notes: Notes) -> None:
        def fit(column: str) -> Callable[[str, str], str]:
            return fitting(notes, "transactions.csv", column)

        self._name = fit("BON_NAME")
        self._needed_name = required(notes, self._name, "BON_NAME")
        self._user_id = required(notes, fit("BEDIENER_ID"), "BEDIENER_ID")
        self._user_name = fit("BEDIENER_NAME")
        self._note = fit("BON_NOTIZ")
        # Forty characters: readers of DSFinV-K disagree whether it is forty or fifty.
        self._group = fitting(notes, "allocation_groups.csv", "ABRECHNUNGSKREIS", limit=40)
        self._customer = tuple(
            (field, fit(column))
            for field, column in (
                ("name", "KUNDE_NAME"),
                ("customer_id", "KUNDE_ID"),
                ("kind", "KUNDE_TYP"),
                ("street", "KUNDE_STRASSE"),
                ("postcode", "KUNDE_PLZ"),
                ("town", "KUNDE_ORT"),
                ("country", "KUNDE_LAND"),
                ("vat_id", "KUNDE_USTID"),
            )
        )
        self._nobody = ("",) * len(self._customer)

    def head(self, message: receipt_pb2.Receipt, where: str) -> Values:
        """BON_NAME, which AVSonstige cannot be without."""
        if message.type == _SONSTIGE:
            return (self._needed_name(message.type_name, "Sonstiger Vorgang", where),)
        return (self._name(message.type_name, where),)

    def rest(self, message: receipt_pb2.Receipt, where: str) -> Values:
        """User, note, group and customer."""
        user_id = self._user_id(message.user_id, NOBODY, where)
        user_name = self._user_name(message.user_name, where)
        customer = self._nobody
        if message.HasField("customer"):
            customer = tuple(fit(getattr(message.customer, field), where) for field, fit in self._customer)
        return (
            user_id,
            user_name if user_name.strip() else user_id,
            self._note(message.note, where),
            self._group(message.allocation_group, where),
            *customer,
        )


class LineTexts:
    """Texts of a Bonpos."""

    def __init__(self, notes: Notes) -> None:
        def fit(column: str) -> Callable[[str, str], str]:
            return fitting(notes, "lines.csv", column)

        self._voucher = fit("GUTSCHEIN_NR")
        self._text = required(notes, fit("ARTIKELTEXT"), "ARTIKELTEXT")
        self._case_name = fit("GV_NAME")
        self._article = fit("ART_NR")
        self._gtin = fit("GTIN")
        self._category_key = fit("WARENGR_ID")
        self._category = fit("WARENGR")
        self._unit = fit("EINHEIT")

    def of(self, line: receipt_pb2.ReceiptLine, where: str) -> Values:
        """In the order of the table."""
        case = _CASES.get(line.business_case, str(line.business_case))
        article = self._article(line.article_number, where)
        return (
            self._voucher(line.voucher_number, where),
            self._text(line.text, article if article.strip() else case, where),
            case,
            self._case_name(line.business_case_name, where),
            article,
            self._gtin(line.gtin, where),
            self._category_key(line.category_key, where),
            self._category(line.category_name, where),
            self._unit(line.unit, where),
        )
