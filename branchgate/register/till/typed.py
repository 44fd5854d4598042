"""What a cashier types at the terminal till, understood without I/O: German words first, English beside them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from branchgate.errors import Refused
from branchgate.register.till.commands import Close, Count, MoveCash, refused_by
from branchgate.register.till.entries import (
    Buyer,
    DownPayment,
    DownPaymentToUse,
    Entry,
    LineToSell,
    Off,
    Settlement,
    Tip,
    VoucherToRedeem,
    VoucherToSell,
)
from branchgate.register.till.paying import Pay

_AMOUNT_OF = re.compile(r"(\d+(?:[.,]\d+)?)\s*[*x]\s*(\S.*)", re.IGNORECASE)
_AMOUNT = re.compile(r"\d+(?:[.,]\d{1,2})?")
_PIECES = re.compile(r"(\d+)\s*[x*]\s*(\d+(?:[.,]\d{1,2})?)", re.IGNORECASE)

WORDS = {
    "bar": "cash", "cash": "cash",
    "karte": "card", "card": "card",
    "fremd": "foreign", "foreign": "foreign",
    "rechnung": "account", "account": "account",
    "zurück": "take-off", "off": "take-off",
    "rabatt": "discount", "discount": "discount",
    "aufschlag": "surcharge", "surcharge": "surcharge",
    "bonrabatt": "receipt-discount", "receipt-discount": "receipt-discount",
    "bonaufschlag": "receipt-surcharge", "receipt-surcharge": "receipt-surcharge",
    "gutschein": "voucher", "voucher": "voucher",
    "einlösen": "redeem", "redeem": "redeem",
    "trinkgeld": "tip", "tip": "tip",
    "anzahlung": "down-payment", "down-payment": "down-payment",
    "anrechnen": "use-down-payment", "use-down-payment": "use-down-payment",
    "begleichen": "settle", "settle": "settle",
    "kunde": "customer", "customer": "customer",
    "personal": "staff", "staff": "staff",
    "schulung": "training", "training": "training",
    "rückgabe": "return", "return": "return",
    "abbruch": "abandon", "abandon": "abandon",
    "parken": "park", "park": "park",
    "geparkt": "parked", "parked": "parked",
    "holen": "resume", "resume": "resume",
    "storno": "void", "void": "void",
    "anfang": "float", "float": "float",
    "ein": "paid-in", "in": "paid-in",
    "aus": "paid-out", "out": "paid-out",
    "zurbank": "to-bank", "to-bank": "to-bank",
    "vonbank": "from-bank", "from-bank": "from-bank",
    "einlage": "owner-in", "owner-in": "owner-in",
    "entnahme": "owner-out", "owner-out": "owner-out",
    "lohn": "wage", "wage": "wage",
    "trinkgeldaus": "tip-out", "tip-out": "tip-out",
    "lade": "drawer", "drawer": "drawer",
    "zählung": "count", "count": "count",
    "kopie": "print", "print": "print",
    "ja": "yes", "yes": "yes",
    "nein": "no", "no": "no",
    "x": "x",
    "z": "close", "abschluss": "close", "close": "close",
    "status": "status",
    "hilfe": "help", "help": "help",
    "ende": "quit", "quit": "quit",
}  # fmt: skip
"""Each word and what it does; anything else is an article."""

Part = TypeVar("Part", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Typed:
    """One thing to do. `rest` is what stood behind the word, for an article its number, GTIN or name; `quantity` as typed, empty without one.

    `sure`: it was asked back, and confirmed.
    """

    do: str
    rest: str = ""
    quantity: str = ""
    sure: bool = False


def understood(line: str, words: Mapping[str, str] = WORDS) -> Typed | None:
    """What a line means, None for an empty one. An article of a word's name is reached with a quantity: `1 * Karte`."""
    text = line.strip()
    if not text:
        return None
    amount = _AMOUNT_OF.fullmatch(text)
    if amount:
        return Typed("article", amount[2], amount[1])
    word, _, rest = text.partition(" ")
    do = words.get(word.casefold())
    return Typed(do, rest.strip()) if do else Typed("article", text)


def entry_of(typed: Typed, quantity: str = "1") -> Entry:
    """What is rung up. Raises Refused (INVALID_VALUE) by the name of the field."""
    first, *more = typed.rest.split() or [""]
    match typed.do:
        case "voucher":
            return _checked(VoucherToSell, voucher=first, **_named(("amount", "vat_key"), more))
        case "redeem":
            return _checked(VoucherToRedeem, redeem=first, **_named(("amount", "vat_key"), more))
        case "tip":
            if first.casefold() in {"ag", "employer"}:
                return _checked(Tip, to="employer", **_named(("tip", "vat_key"), more))
            return _checked(Tip, **_named(("tip",), [first, *more]))
        case "down-payment":
            return _checked(DownPayment, down_payment=first, vat_key="".join(more[:1]), text=" ".join(more[1:]))
        case "use-down-payment":
            return _checked(DownPaymentToUse, use_down_payment=first, **_named(("amount", "vat_key"), more))
        case "settle":
            return _checked(Settlement, settle=first, **_named(("amount",), more))
        case _:
            return _checked(LineToSell, article=typed.rest, quantity=quantity)


def off_of(typed: Typed) -> Off | None:
    """`10%`, `10 %` or `1,00`, with a text behind it; None for `0`, which takes the receipt's discounts off."""
    amount, _, text = typed.rest.partition(" ")
    if text.startswith("%"):
        amount, text = f"{amount}%", text[1:]
    if amount == "0":
        return None
    way = {"percent": amount} if amount.endswith("%") else {"amount": amount}
    return _checked(Off, **way, text=text.strip())


def payment_of(typed: Typed) -> Pay:
    """`20,00`, `Visa 10,00`, `CHF 20,00 18,40` behind the word, or nothing: exactly what is left."""
    match typed.do:
        case "cash":
            return _checked(Pay, cash=typed.rest or "exact")
        case "card":
            name, _, amount = typed.rest.rpartition(" ")
            if not _AMOUNT.fullmatch(amount):
                return _checked(Pay, card=typed.rest or "girocard")
            return _checked(Pay, card=name or "girocard", amount=amount)
        case "foreign":
            currency, given, worth = (*typed.rest.split(), "", "", "")[:3]
            return _checked(Pay, cash=given, currency=currency.upper(), worth=worth)
        case _:
            return Pay(account=True)


def buyer_of(typed: Typed, kind: str = "Kunde") -> Buyer:
    """`4711 Erika Beispiel`: an id, and the name behind it; `kind` is KUNDE_TYP."""
    number, _, name = typed.rest.partition(" ")
    return _checked(Buyer, id=number, name=name.strip(), kind=kind)


def movement_of(typed: Typed) -> MoveCash:
    """`2,50 Porto`: an amount, and the reason behind it."""
    amount, _, text = typed.rest.partition(" ")
    return _checked(MoveCash, do=typed.do, amount=amount, text=text.strip(), sure=typed.sure)


def count_of(typed: Typed) -> Count:
    """`250,00`, or pieces by worth: `3x50 2x20 10x0,50`; `blind` before it."""
    first, _, rest = typed.rest.partition(" ")
    blind = first.casefold() in {"blind", "verdeckt"}
    text = rest.strip() if blind else typed.rest
    pieces = _PIECES.findall(text)
    if not pieces or _PIECES.sub("", text).strip():
        return _checked(Count, do="count", amount=text, blind=blind)
    return _checked(Count, do="count", denominations={worth: count for count, worth in pieces}, blind=blind)


def close_of(typed: Typed) -> Close:
    """`ohne bestand` leaves no float in the drawer, `geparkte` carries parked receipts over."""
    text = typed.rest.casefold()
    without_float = any(word in text for word in ("ohne bestand", "no float"))
    carry_parked = any(word in text for word in ("geparkt", "parked"))
    return Close(do="close", carry_float=not without_float, carry_parked=carry_parked)


def _named(names: tuple[str, ...], values: list[str]) -> dict[str, str]:
    if len(values) > len(names):
        raise Refused("INVALID_VALUE", field=names[-1], value=values[len(names)], rule="nothing more")
    return dict(zip(names, values, strict=False))


def _checked(part: type[Part], **fields: object) -> Part:
    try:
        return part.model_validate(fields)
    except ValidationError as failure:
        raise refused_by(failure) from failure
