"""VAT per rate on the receipt's sum (DSFinV-K Anlage 2; UStG § 12).

Net first: net = round(gross * 100 / (100 + rate)), VAT = gross - net. Adding rounded line VAT instead drifts by up to six cents on
forty lines, so lines only get shares of the receipt's VAT, by largest remainder (`vat_shares`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from branchgate.money import divide_half_away

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


def vat_shares(vat_cents: int, line_grosses: Sequence[int], rate_basis_points: int) -> list[int]:
    """How a receipt's VAT of one rate falls on its lines, in cents.

    A line's exact share is what its own gross holds, not its part of the sum: goods for 15 EUR that a voucher of 15 EUR pays come to a
    receipt without VAT, and yet the goods bear theirs and the voucher takes it back. Exact shares are cut to whole cents, what is missing
    goes to the largest remainders, ties to the earlier line. So the shares sum to the receipt's VAT, each is within a cent of its exact
    one, and a void's are those of its sale with the other sign. A receipt whose VAT breaks the rule has the difference spread evenly.
    """
    if next((cents for cents in (vat_cents, *line_grosses) if cents), 0) < 0:
        return [-share for share in vat_shares(-vat_cents, [-gross for gross in line_grosses], rate_basis_points)]
    if len(line_grosses) < 2:
        return [vat_cents] * len(line_grosses)
    divisor = 10_000 + rate_basis_points
    parts = [divmod(gross * rate_basis_points, divisor) for gross in line_grosses]
    each, more = divmod(vat_cents - sum(floor for floor, _ in parts), len(parts))
    raised = set(sorted(range(len(parts)), key=lambda place: (-parts[place][1], place))[:more])
    return [floor + each + (place in raised) for place, (floor, _) in enumerate(parts)]
