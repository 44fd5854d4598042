"""How a receipt is paid: cash, cards, foreign cash, on account, and several of them together."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from branchgate.receipts.model import PaymentType
from branchgate.receipts.tendering import CURRENCY, Tender
from branchgate.register.till.values import Cents, Strict, fixed_point

CARDS = {
    "girocard": PaymentType.EC_KARTE,
    "ec": PaymentType.EC_KARTE,
    "ec-karte": PaymentType.EC_KARTE,
    "maestro": PaymentType.EC_KARTE,
    "v pay": PaymentType.EC_KARTE,
    "visa": PaymentType.KREDITKARTE,
    "mastercard": PaymentType.KREDITKARTE,
    "american express": PaymentType.KREDITKARTE,
    "paypal": PaymentType.EL_ZAHLUNGSDIENSTLEISTER,
    "guthabenkarte": PaymentType.GUTHABENKARTE,
}
"""Cards by name; an unknown name is booked as UNBAR."""

_CURRENCY = re.compile(r"[A-Z]{3}")


class Pay(Strict):
    """How it is paid: `{"cash": "20,00"}`, `{"cash": "exact"}`, `{"cash": "next 20"}` (rounded up to notes), `{"card": "Visa"}`.

    A card takes what is left, or its `amount`. Foreign cash tells its `currency` and what it is worth: `{"cash": "20", "currency": "CHF",
    "worth": "20,80"}`. `{"account": true}` leaves the rest to be paid later.
    """

    cash: str | int | None = None
    card: Annotated[str, Field(min_length=1)] | None = None
    account: bool = False
    amount: Cents | None = None
    currency: str = CURRENCY
    worth: Cents | None = None

    @field_validator("currency")
    @classmethod
    def _of_iso_4217(cls, currency: str) -> str:
        if not _CURRENCY.fullmatch(currency):
            raise ValueError("three capital letters (ISO 4217), for example CHF")
        return currency

    @model_validator(mode="after")
    def _one_way(self) -> Pay:
        if (self.cash is not None) + (self.card is not None) + self.account != 1:
            raise ValueError("either cash or card or account")
        if self.amount is not None and self.card is None:
            raise ValueError("an amount goes with a card")
        if (self.currency == CURRENCY) != (self.worth is None) or (self.worth is not None and self.cash is None):
            raise ValueError("foreign cash has a currency and what it is worth")
        if self.cash is not None:
            # Checks how it is written.
            self.given_cents(1)
        return self

    def given_cents(self, total_cents: int) -> int:
        """The cash handed over for a total; nothing when money goes out. Raises ValueError with the rule."""
        text = str(self.cash).strip()
        if text == "exact":
            return max(0, total_cents)
        if text.startswith("next "):
            note = fixed_point(text.removeprefix("next "), 2)
            if note <= 0:
                raise ValueError("a note of more than zero")
            return -(-max(0, total_cents) // note) * note
        given = fixed_point(text, 2)
        if given < 0:
            raise ValueError("not less than zero")
        return given if total_cents > 0 else 0

    def tender(self, left_cents: int) -> Tender:
        """What is handed over for what is left to pay."""
        if self.card is not None:
            kind = CARDS.get(self.card.casefold(), PaymentType.UNBAR)
            return Tender(kind, left_cents if self.amount is None else self.amount, self.card)
        if self.worth is not None:
            return Tender(PaymentType.BAR, self.worth, "", self.currency, fixed_point(self.cash, 2))
        return Tender(PaymentType.BAR, self.given_cents(left_cents))


def _ways(value: object) -> str:
    return "<parts>" if isinstance(value, list | tuple) else "<one>"


Ways = Annotated[
    Annotated[Pay, Tag("<one>")] | Annotated[tuple[Pay, ...], Field(min_length=1), Tag("<parts>")],
    Discriminator(_ways),
]
"""One way to pay, or several that follow each other; the last takes the rest."""


def in_parts(ways: Pay | tuple[Pay, ...]) -> tuple[Pay, ...]:
    """The ways to pay in their order."""
    return (ways,) if isinstance(ways, Pay) else ways
