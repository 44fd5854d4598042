"""The rules a receipt should keep. Whatever it breaks is a finding; the receipt stays as it is, because the sale happened.

The register computes every figure, the checker only compares (DSFinV-K 2.4: the receipt's data is a duplicate of the print). It stands
on the path of every sale, so sums are compared without rounding wherever that is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from branchgate.events import Finding
from branchgate.money import PRICE_UNITS_PER_CENT, QUANTITY_UNITS, euros, line_cents
from branchgate.numbers import NumberRange
from branchgate.receipts.check_cases import MAX_CASH_CENTS, MOVES_CASH, check_cases
from branchgate.receipts.check_numbers import check_form, check_order
from branchgate.receipts.limits import LARGEST_PRICE, require_possible_steps
from branchgate.receipts.model import GOODS, BusinessCase, PaymentType, ReceiptType
from branchgate.receipts.view import CASES, PAYMENT_TYPES, LineView, ReceiptView, VatSumView, unreadable
from branchgate.vat import STANDARD_RATES, net_of

MAX_QUANTITY_THOUSANDTHS = 10_000 * QUANTITY_UNITS
"""More of one article on one line is a typing mistake, most often a scanned barcode in the quantity field."""

MAX_UNIT_PRICE = 100_000 * 100 * PRICE_UNITS_PER_CENT
"""100,000 EUR for one unit."""

MAX_CLOCK_SKEW_MS = 10 * 60 * 1000
"""How far a register's clock may be off before it is a finding."""

HISTORIC_RATES: dict[int, int] = {11: 1900, 12: 700, 21: 1600, 22: 500, 13: 1070, 23: 950, 33: 900, 43: 840}
"""VAT keys of rates that are over, for returns of older sales (DSFinV-K Anlage 2)."""

FIRST_OWN_VAT_KEY = 1000
"""From here on keys are the merchant's own, with any rate (DSFinV-K Anlage 2)."""

# As plain integers: a view has those, and comparing an enumeration's member costs a look-up each time.
_UMSATZ = BusinessCase.UMSATZ.value
_BAR = PaymentType.BAR.value
_BELEG = ReceiptType.BELEG.value
_AV_SONSTIGE = ReceiptType.AV_SONSTIGE.value
_AV_TRAINING = ReceiptType.AV_TRAINING.value
_OWN_CURRENCY = frozenset({"EUR", ""})
_GOODS = frozenset(map(int, GOODS))
_KNOWN_RATES = STANDARD_RATES | HISTORIC_RATES
_KNOWN = frozenset(_KNOWN_RATES.items())
_LINE_UNITS = QUANTITY_UNITS * PRICE_UNITS_PER_CENT
_SURELY_WITHIN_A_CENT = _LINE_UNITS + _LINE_UNITS // 2


def check_receipt(
    receipt: ReceiptView,
    *,
    register_range: NumberRange | None,
    last_running: int,
    knows_article: Callable[[str], bool | None],
    now_ms: int,
    live: bool = False,
) -> list[Finding]:
    """Every rule that `receipt` breaks, in the order of its fields.

    `register_range`: the form of the register's numbers, None if unknown. `last_running`: its highest running number so far, 0 for
    none. `knows_article`: False for an article that the catalogue does not have, None if there is no catalogue. `now_ms`: the gateway's
    clock, UTC. `live`: the sale has just happened, so that a clock behind can be told from a receipt that waited.
    """
    return [
        *check_form(receipt, register_range),
        *check_order(receipt.running_number, last_running),
        *check_content(receipt, knows_article=knows_article, now_ms=now_ms, live=live),
    ]


def check_content(
    receipt: ReceiptView, *, knows_article: Callable[[str], bool | None], now_ms: int, live: bool = False
) -> list[Finding]:
    """All rules but those about the number: lines, VAT, payments, times, what belongs together.

    Raises Refused (RECEIPT_UNREADABLE) at a business case, a type of payment or of price step that this version does not know, and
    (RECEIPT_IMPOSSIBLE) at a price step that is no price.
    """
    found: list[Finding] = []
    lines, stated = receipt.lines, receipt.total_cents
    total, by_rate, returns, only_goods = _check_lines(lines, knows_article, found)
    if stated != total:
        found.append(Finding("RECEIPT_SUM_MISMATCH", "total_cents", str(stated), f"the lines add up to {total}"))
    _check_vat_sums(receipt.vat_sums, by_rate, found)
    _check_payments(receipt, stated, found)
    _check_times(receipt, now_ms, live, found)
    _check_kind(receipt, returns, found)
    # A sale of goods, which is what most receipts are, keeps the rules of the other cases by having none of them.
    if not only_goods or receipt.type != _BELEG:
        found += check_cases(receipt)
    return found


def _check_lines(
    lines: Sequence[LineView], knows_article: Callable[[str], bool | None], found: list[Finding]
) -> tuple[int, dict[tuple[int, int], int], bool, bool]:
    """Checks each line; returns the sum of those that count, sums by VAT key and rate, whether turnover goes back, whether all is goods."""
    total = 0
    returns = False
    only_goods = True
    by_rate: dict[tuple[int, int], int] = {}
    for index, line in enumerate(lines):
        quantity, price, gross = line.quantity_thousandths, line.unit_price, line.gross_cents
        if not -_SURELY_WITHIN_A_CENT < quantity * price - gross * _LINE_UNITS < _SURELY_WITHIN_A_CENT:
            _check_line_sum(line, index, found)
        if not (
            -MAX_QUANTITY_THOUSANDTHS <= quantity <= MAX_QUANTITY_THOUSANDTHS
            and -MAX_UNIT_PRICE <= price <= MAX_UNIT_PRICE
        ):
            _report_absurd(line, index, found)
        key, rate = by = line.vat_key, line.vat_rate_basis_points
        if by not in _KNOWN:
            _check_rate(key, rate, f"lines[{index}]", found)
        case = line.business_case
        if case in _GOODS:
            if (article := line.article_number) and knows_article(article) is False:
                field = f"lines[{index}].article_number"
                found.append(Finding("ARTICLE_UNKNOWN", field, article, "not in the catalogue"))
        elif case in CASES:
            only_goods = False
        else:
            raise unreadable(f"lines[{index}].business_case", case, "is not a business case")
        if steps := line.price_steps:
            require_possible_steps(steps, index)
        if not line.voided:
            total += gross
            by_rate[by] = by_rate[by] + gross if by in by_rate else gross
            if quantity < 0 and case == _UMSATZ:
                returns = True
    return total, by_rate, returns, only_goods


def _check_line_sum(line: LineView, index: int, found: list[Finding]) -> None:
    computed = line_cents(line.quantity_thousandths, line.unit_price)
    if abs(computed - line.gross_cents) > 1:
        found.append(
            Finding(
                "LINE_SUM_MISMATCH",
                f"lines[{index}].gross_cents",
                str(line.gross_cents),
                f"quantity times price is {computed}",
            )
        )


def _report_absurd(line: LineView, index: int, found: list[Finding]) -> None:
    if abs(line.quantity_thousandths) > MAX_QUANTITY_THOUSANDTHS:
        rule = f"at most {MAX_QUANTITY_THOUSANDTHS} thousandths"
        found.append(
            Finding("QUANTITY_ABSURD", f"lines[{index}].quantity_thousandths", str(line.quantity_thousandths), rule)
        )
    # What moves as money and not as a price is told by `check_cases`, unless a quantity of 0 hides it from there.
    most = LARGEST_PRICE if line.business_case in MOVES_CASH else MAX_UNIT_PRICE
    if abs(line.unit_price) > most:
        field, price = f"lines[{index}].unit_price", euros(line.unit_price // PRICE_UNITS_PER_CENT)
        found.append(Finding("PRICE_ABSURD", field, price, euros(MAX_UNIT_PRICE // PRICE_UNITS_PER_CENT)))


def _check_rate(key: int, rate: int, where: str, found: list[Finding]) -> None:
    expected = _KNOWN_RATES.get(key)
    if expected is not None:
        found.append(
            Finding(
                "VAT_RATE_MISMATCH", f"{where}.vat_rate_basis_points", str(rate), f"key {key} stands for {expected}"
            )
        )
    elif key < FIRST_OWN_VAT_KEY:
        found.append(Finding("VAT_KEY_UNKNOWN", f"{where}.vat_key", str(key), "not a key of DSFinV-K Anlage 2"))


def _check_vat_sums(vat_sums: Sequence[VatSumView], by_rate: dict[tuple[int, int], int], found: list[Finding]) -> None:
    for index, vat in enumerate(vat_sums):
        key, rate, gross = vat.vat_key, vat.vat_rate_basis_points, vat.gross_cents
        # Taken out as it is met, so that a second sum of the same rate and a rate without a sum both show.
        expected = by_rate.pop((key, rate), 0)
        if gross != expected:
            found.append(
                Finding(
                    "VAT_SUM_MISMATCH", f"vat_sums[{index}].gross_cents", str(gross), f"the lines add up to {expected}"
                )
            )
        net, whole = vat.net_cents, 10_000 + rate
        if not -whole < 2 * (gross * 10_000 - net * whole) < whole:
            _check_net(vat, index, found)
        if vat.vat_cents != gross - net:
            rule = f"gross minus net is {gross - net}"
            found.append(Finding("VAT_TAX_MISMATCH", f"vat_sums[{index}].vat_cents", str(vat.vat_cents), rule))
    for (key, rate), gross in by_rate.items():
        if gross:
            rule = f"lines with key {key} at {rate} add up to {gross}"
            found.append(Finding("VAT_SUM_MISSING", "vat_sums", "", rule))


def _check_net(vat: VatSumView, index: int, found: list[Finding]) -> None:
    gross, rate = vat.gross_cents, vat.vat_rate_basis_points
    # A rate of -100 % has no net.
    net = net_of(gross, rate) if rate > -10_000 else gross
    if vat.net_cents != net:
        found.append(Finding("VAT_NET_MISMATCH", f"vat_sums[{index}].net_cents", str(vat.net_cents), f"net is {net}"))


def _check_payments(receipt: ReceiptView, total: int, found: list[Finding]) -> None:
    paid = cash = 0
    for payment in receipt.payments:
        amount = payment.amount_cents
        paid += amount
        kind = payment.type
        if kind == _BAR:
            cash += amount
        elif kind not in PAYMENT_TYPES:
            raise unreadable("payments.type", kind, "is not a type of payment")
        if payment.currency not in _OWN_CURRENCY and not payment.foreign_amount:
            rule = "foreign money tells its own amount too"
            found.append(Finding("FOREIGN_AMOUNT_MISSING", "payments.foreign_amount", payment.currency, rule))
    # A training is paid as practised, or not at all.
    if paid != total and (receipt.type == _BELEG or (paid and receipt.type == _AV_TRAINING)):
        found.append(Finding("PAYMENT_SUM_MISMATCH", "payments", str(paid), f"the receipt's total is {total}"))
    given, change = receipt.cash_given_cents, receipt.change_cents
    if given > MAX_CASH_CENTS:
        found.append(Finding("CASH_ABSURD", "cash_given_cents", euros(given), euros(MAX_CASH_CENTS)))
    if (given or change) and given - change != cash:
        found.append(
            Finding("CASH_CHANGE_MISMATCH", "cash_given_cents", str(given), f"{change} change leaves not {cash} cash")
        )


def _check_times(receipt: ReceiptView, now_ms: int, live: bool, found: list[Finding]) -> None:
    started, finished = receipt.started_at_ms, receipt.finished_at_ms
    if finished < started:
        found.append(Finding("TIME_ORDER", "finished_at_ms", str(finished), f"started at {started}"))
    if finished > now_ms + MAX_CLOCK_SKEW_MS:
        found.append(Finding("CLOCK_AHEAD", "finished_at_ms", str(finished), f"the gateway's clock says {now_ms}"))
    elif live and finished < now_ms - MAX_CLOCK_SKEW_MS:
        found.append(Finding("CLOCK_BEHIND", "finished_at_ms", str(finished), f"the gateway's clock says {now_ms}"))


def _check_kind(receipt: ReceiptView, returns: bool, found: list[Finding]) -> None:
    if not receipt.lines and receipt.type == _BELEG:
        found.append(Finding("RECEIPT_EMPTY", "lines", "", "a Beleg has at least one line"))
    if receipt.type == _AV_SONSTIGE and not receipt.type_name:
        found.append(Finding("TYPE_NAME_MISSING", "type_name", "", "AVSonstige needs a name"))
    if (returns or receipt.reverses_receipt) and not receipt.references:
        rule = "a return or void names the receipt it goes back to"
        found.append(Finding("REFERENCE_MISSING", "references", "", rule))
