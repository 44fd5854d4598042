"""VAT per rate on the receipt's sum (DSFinV-K Anlage 2; UStG § 12).

Net first: net = round(gross * 100 / (100 + rate)), VAT = gross - net. Adding rounded line VAT instead drifts by up to six cents on
forty lines, so lines only get shares of the receipt's VAT, by largest remainder.
"""

from __future__ import annotations

from dataclasses import dataclass

from branchgate.money import divide_half_away, spread

STANDARD_RATES: dict[int, int] = {1: 1900, 2: 700, 3: 780, 4: 550, 5: 0, 6: 0, 7: 0, 8: 0}
"""VAT key to the rate in force, in basis points (Anlage 2 of 2024-12-05)."""

NOT_TAXABLE = 5
"""Key of what is no supply at all, such as the opening float (DSFinV-K Anlage 2, "nicht steuerbar")."""

EXEMPT = 6
"""Key of supplies free of VAT (DSFinV-K Anlage 2, "umsatzsteuerfrei")."""


@dataclass(frozen=True, slots=True)
class VatSum:
    """Gross, net and VAT of one key in cents; the rate in basis points."""

    vat_key: int
    vat_rate_basis_points: int
    gross_cents: int
    net_cents: int
    vat_cents: int


def net_of(gross_cents: int, rate_basis_points: int) -> int:
    """The net part of a gross amount, rounded half away from zero."""
    return divide_half_away(gross_cents * 10_000, 10_000 + rate_basis_points)


def vat_sums(grosses: list[tuple[int, int, int]]) -> tuple[VatSum, ...]:
    """Sums `(vat_key, rate_basis_points, gross_cents)` of lines by key and rate, ascending."""
    totals: dict[tuple[int, int], int] = {}
    for key, rate, gross in grosses:
        totals[key, rate] = totals.get((key, rate), 0) + gross
    return tuple(
        VatSum(key, rate, gross, net := net_of(gross, rate), gross - net)
        for (key, rate), gross in sorted(totals.items())
    )


def vat_shares(vat_cents: int, line_grosses: list[int]) -> list[int]:
    """The VAT shares of the lines of one rate; they sum to the receipt's VAT exactly."""
    return spread(vat_cents, line_grosses)
