"""How the VAT that a receipt prints per key falls on its lines: by largest remainder, so that the lines sum to the print to the cent.

A line's exact share is what its own gross holds at its rate, not its part of the printed VAT: goods for 15 EUR that a voucher of 15 EUR
pays come to a receipt without VAT, and yet the goods bear theirs and the voucher takes it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from branchgate.vat import net_of


class Rated(Protocol):
    """What a share depends on; cents and basis points."""

    @property
    def vat_key(self) -> int: ...
    @property
    def vat_rate_basis_points(self) -> int: ...
    @property
    def gross_cents(self) -> int: ...
    @property
    def voided(self) -> bool: ...


class Printed(Protocol):
    """A VAT sum of the receipt."""

    @property
    def vat_key(self) -> int: ...
    @property
    def vat_rate_basis_points(self) -> int: ...
    @property
    def vat_cents(self) -> int: ...


def line_vat(lines: Sequence[Rated], sums: Iterable[Printed]) -> list[int]:
    """Each line's VAT in cents; 0 for a line that was voided. A key without a printed sum is worked out from its lines."""
    printed: dict[tuple[int, int], int] = {}
    for each in sums:
        name = each.vat_key, each.vat_rate_basis_points
        printed[name] = printed.get(name, 0) + each.vat_cents
    places: dict[tuple[int, int], list[int]] = {}
    for place, line in enumerate(lines):
        if not line.voided:
            places.setdefault((line.vat_key, line.vat_rate_basis_points), []).append(place)
    shares = [0] * len(lines)
    for name, at in places.items():
        grosses = [lines[place].gross_cents for place in at]
        whole = printed.get(name)
        if whole is None:
            whole = (total := sum(grosses)) - net_of(total, name[1])
        for place, share in zip(at, shared(whole, grosses, name[1]), strict=True):
            shares[place] = share
    return shares


def shared(whole: int, grosses: list[int], rate_basis_points: int) -> list[int]:
    """The VAT of lines of one rate, in cents; it sums to `whole`, and each line is within a cent of its own exact VAT.

    Exact shares are cut to whole cents downwards, what is missing goes to the largest remainders, ties to the earlier line. A receipt
    whose printed VAT breaks the rule spreads the difference evenly.
    """
    if len(grosses) == 1:
        return [whole]
    divisor = 10_000 + rate_basis_points
    parts = [divmod(gross * rate_basis_points, divisor) for gross in grosses]
    each, more = divmod(whole - sum(floor for floor, _ in parts), len(parts))
    raised = set(sorted(range(len(parts)), key=lambda place: (-parts[place][1], place))[:more])
    return [floor + each + (place in raised) for place, (floor, _) in enumerate(parts)]
