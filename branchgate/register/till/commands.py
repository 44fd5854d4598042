"""What a till can be told: the commands of script mode, checked before anything happens."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError, model_validator

from branchgate.errors import Refused
from branchgate.register.till.entries import Buyer, Entry, LineToSell, Off
from branchgate.register.till.paying import Ways
from branchgate.register.till.values import Cents, Id, Strict, fixed_point

MOST_SHOWN = 80
LONGEST_REASON = 40
"""Characters of why money moved (DSFinV-K GV_NAME)."""


def _ref(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, str | int | None):
        raise ValueError("a text or a whole number")  # noqa: TRY004 (the kind that pydantic reports)
    return value


def _pieces(value: object) -> object:
    """Coins and notes by their worth: `{"50": 3, "0,50": 10}`."""
    if not isinstance(value, dict):
        return value
    counted: dict[int, object] = {}
    for worth, pieces in value.items():
        cents = fixed_point(worth, 2)
        if cents <= 0 or cents in counted:
            raise ValueError("each coin or note once, by its worth")
        counted[cents] = pieces
    return counted


Pieces = Annotated[int, Field(ge=0, le=1_000_000)]


class _Command(Strict):
    ref: Annotated[str | int | None, BeforeValidator(_ref)] = None
    """Repeated in the answer."""


class Sell(_Command):
    """Rings up and pays. . `sure`: absurd cash is meant."""

    do: Literal["sell"]
    lines: tuple[Entry, ...] = Field(min_length=1)
    pay: Ways
    discount: Off | None = None
    surcharge: Off | None = None
    customer: Buyer | None = None
    training: bool = False
    sure: bool = False


class Return(_Command):
    """Takes goods back and pays out, at the price of their sale where the till knows it."""

    do: Literal["return"]
    lines: tuple[LineToSell, ...] = Field(min_length=1)
    pay: Ways
    receipt: str = Field("", max_length=40)
    """Number of the receipt they were sold with, if known."""
    sure: bool = False


class Staff(_Command):
    """Goods that an employee takes (AVSachbezug): nothing is paid."""

    do: Literal["staff"]
    lines: tuple[LineToSell, ...] = Field(min_length=1)
    customer: Buyer | None = None


class Abandon(_Command):
    """Gives up what was rung up; its record keeps it (AVBelegabbruch)."""

    do: Literal["abandon"]
    lines: tuple[Entry, ...] = Field(min_length=1)


class Park(_Command):
    """Puts lines aside under a title. After `resume`: what was resumed, with lines added and, by their numbers, some of it voided."""

    do: Literal["park"]
    title: str = ""
    lines: tuple[Entry, ...] = ()
    void: tuple[int, ...] = ()


class Resume(_Command):
    """Fetches a parked receipt by its title, its number in the last list, or its id; what comes next goes on with it."""

    do: Literal["resume"]
    parked: str = Field(min_length=1)


class PayParked(_Command):
    """Pays what was resumed, with lines added and some of it voided as in `Park`."""

    do: Literal["pay-parked"]
    lines: tuple[Entry, ...] = ()
    void: tuple[int, ...] = ()
    pay: Ways
    sure: bool = False


class AbandonParked(_Command):
    """Gives up what was resumed; its record keeps it (AVBelegabbruch)."""

    do: Literal["abandon-parked"]


class Void(_Command):
    """Reverses a paid receipt of this till by a receipt of its own; without a number the last one."""

    do: Literal["void"]
    receipt: str = ""


class MoveCash(_Command):
    """Money put in or taken out of the drawer without goods; `text` says why. `sure`: a second float, or an absurd amount, is meant."""

    do: Literal["float", "paid-in", "paid-out", "to-bank", "from-bank", "owner-in", "owner-out", "wage", "tip-out"]
    amount: Cents
    text: str = Field("", max_length=LONGEST_REASON)
    sure: bool = False


class Count(_Command):
    """Counts the drawer: `{"denominations": {"50": 3, "0,50": 10}}`, or `amount` for the sum alone, "0" included."""

    do: Literal["count"]
    denominations: Annotated[dict[int, Pieces], BeforeValidator(_pieces)] | None = None
    amount: Annotated[int, BeforeValidator(lambda value: fixed_point(value, 2)), Field(ge=0)] | None = None
    blind: bool = False
    note: str = Field("", max_length=200)

    @model_validator(mode="after")
    def _one_way(self) -> Count:
        if bool(self.denominations) == (self.amount is not None):
            raise ValueError("either denominations or amount")
        return self


class Close(_Command):
    """Closes this register's day (Z). The cash stays as the next float unless `carry_float` is false."""

    do: Literal["close"]
    carry_float: bool = True
    carry_parked: bool = False


class Ask(_Command):
    """Questions."""

    do: Literal["x", "status", "articles", "print-jobs", "findings", "parked", "quit"]


class Drawer(_Command):
    """Opens the drawer without a sale."""

    do: Literal["drawer"]
    reason: str = "NO_SALE"


class PrintAgain(_Command):
    """Prints a receipt again, marked KOPIE; without a number the last one."""

    do: Literal["print"]
    receipt: str = ""


class Resolve(_Command):
    """Answers "Liegt der Bon vollständig vor?" for an uncertain print job."""

    do: Literal["resolve"]
    job: Id
    complete: bool


class Wait(_Command):
    """Waits until the catalogue is current, the gateway has settled, central has, or the drawer answered."""

    do: Literal["wait"]
    for_: Literal["catalogue", "settled", "central", "drawer"] = Field(alias="for")
    timeout_ms: int = Field(30_000, ge=1, le=3_600_000)


Command = Annotated[
    Sell
    | Return
    | Staff
    | Abandon
    | Park
    | Resume
    | PayParked
    | AbandonParked
    | Void
    | MoveCash
    | Count
    | Close
    | Ask
    | Drawer
    | PrintAgain
    | Resolve
    | Wait,
    Field(discriminator="do"),
]
_COMMANDS: TypeAdapter[Command] = TypeAdapter(Command)

DOES = (
    "sell, return, staff, abandon, park, parked, resume, pay-parked, abandon-parked, void, float, paid-in, paid-out, "
    "to-bank, from-bank, owner-in, owner-out, wage, tip-out, count, drawer, print, print-jobs, resolve, findings, articles, status, x, close, wait, quit"
)


def parse_command(line: str) -> Command:
    """One line of a script. Raises Refused (INVALID_VALUE) naming the field, the value and the rule."""
    try:
        return _COMMANDS.validate_json(line)
    except ValidationError as failure:
        raise _refused(failure) from failure


def command_of(fields: Mapping[str, object]) -> Command:
    """A command from its fields, checked like a script's line."""
    try:
        return _COMMANDS.validate_python(fields)
    except ValidationError as failure:
        raise _refused(failure) from failure


def ref_of(line: str) -> str | int | None:
    """The `ref` of a line that could not be understood, so that its answer can still be told by it."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    ref = found.get("ref") if isinstance(found, dict) else None
    return ref if isinstance(ref, str | int) and not isinstance(ref, bool) else None


def refused_by(failure: ValidationError) -> Refused:
    """What a part of a command that stands alone was refused for."""
    first: Any = failure.errors(include_url=False)[0]
    return _refusal(first, first["loc"])


def _refused(failure: ValidationError) -> Refused:
    # The command's own name stands in front of its fields.
    first: Any = failure.errors(include_url=False)[0]
    return _refusal(first, first["loc"][1:])


def _refusal(first: Any, place: tuple[int | str, ...]) -> Refused:
    kind, found = first["type"], first.get("input", "")
    rule = str(first["msg"]).removeprefix("Value error, ")
    if kind == "json_invalid":
        return Refused("INVALID_VALUE", field="line", value=_shortened(found), rule=rule)
    if kind.startswith("union_tag"):
        value = found.get("do", "") if isinstance(found, dict) else found
        return Refused("INVALID_VALUE", field="do", value=_shortened(value), rule=f"one of {DOES}")
    # Which kind of line or payment it is taken for is nobody's field.
    parts = [part for part in place if isinstance(part, int) or not part.startswith("<")]
    field = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts).removeprefix(".")
    value = "" if kind == "missing" else _shortened(found)
    return Refused("INVALID_VALUE", field=field or "line", value=value, rule=rule)


def _shortened(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"
