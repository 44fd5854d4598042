"""What an article costs: VAT, gross price and deposit of one row."""

from __future__ import annotations

from central.ameise import cells
from central.ameise.cells import CellError
from central.ameise.columns import Cell
from central.ameise.headers import Meaning
from central.ameise.imported import Deposit
from central.ameise.numbers import gross_from_net, unit_price
from central.ameise.problems import Reason
from central.ameise.rowcells import RowCells
from central.ameise.vat import Vat, VatTable


def read_vat(row: RowCells, table: VatTable) -> Vat | None:
    """The VAT by rate, or by tax class where no rate is set; both together must agree."""
    rate, tax_class = row.of(Meaning.VAT_RATE), row.of(Meaning.TAX_CLASS)
    if rate is None and tax_class is None:
        row.report_missing(Reason.VAT_MISSING, Meaning.VAT_RATE, Meaning.TAX_CLASS)
        return None
    if rate is None:
        return row.read(tax_class, lambda found: cells.vat_of_class(found, table))
    if (named := table.for_class(rate.text)) is not None:
        row.warn(rate, Reason.VAT_FROM_CLASS, str(named))
        return named
    return row.read(rate, lambda found: _agreed(cells.vat_of_rate(found, table), tax_class, table))


def _agreed(vat: Vat, tax_class: Cell | None, table: VatTable) -> Vat:
    """Beside a rate, an unfamiliar class does no harm, and a familiar one is more exact among the keys of 0 %."""
    of_class = table.for_class(tax_class.text) if tax_class is not None else None
    if tax_class is None or of_class is None:
        return vat
    if of_class.rate != vat.rate:
        raise CellError(tax_class.problem(Reason.VAT_CONFLICT, str(vat)))
    return of_class


def read_price(row: RowCells, vat: Vat | None, is_return: bool, is_parent: bool) -> int | None:
    """The gross unit price in 1/100,000 EUR, computed from the net price where there is no other.

    A deposit return may have a negative price; a parent of variations needs none.
    """
    gross, net = row.of(Meaning.GROSS_PRICE), row.of(Meaning.NET_PRICE)
    found = gross or net
    if found is None:
        if not is_parent:
            row.report_missing(Reason.PRICE_MISSING, Meaning.GROSS_PRICE, Meaning.NET_PRICE)
        return 0 if is_parent else None
    euros = row.read(found, lambda price: cells.euros(price, negative_allowed=is_return))
    if euros is None or vat is None:
        return None
    if euros == 0 and not is_parent:
        row.warn(found, Reason.PRICE_ZERO)
    if gross is not None:
        return unit_price(euros)
    if row.columns.first(Meaning.GROSS_PRICE) is not None:
        row.warn(found, Reason.PRICE_FROM_NET)
    return gross_from_net(euros, vat.rate)


def read_deposit(row: RowCells, heading: str | None, vat: Vat | None) -> Deposit | None:
    """The deposit from the column that holds amounts, at the VAT of the goods; None where it is empty or 0,00."""
    euros = row.read(row.headed(heading), cells.euros)
    if not euros or vat is None:
        return None
    return Deposit(unit_price(euros), vat.key, vat.rate)
