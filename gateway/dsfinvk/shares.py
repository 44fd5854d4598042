"""The VAT of a receipt's lines for the export: what the receipt prints per key, shared out by `branchgate.vat`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from branchgate.vat import net_of, vat_shares


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
        for place, share in zip(at, vat_shares(whole, grosses, name[1]), strict=True):
            shares[place] = share
    return shares
