"""The statements behind the figures. `{g}` is the group's expression, `{w}` the condition that picks the rows of the periods.

What counts is written down where rows are made (`decode`): a row `counts` when its receipt is a Beleg and, for a line, when it was not
voided before payment.
"""

from __future__ import annotations

from branchgate.figures.model import NOT_TURNOVER, TOP_ARTICLES
from branchgate.receipts.model import BusinessCase, ReceiptType

_BELEG = int(ReceiptType.BELEG)
_TRAINING = int(ReceiptType.AV_TRAINING)
_ABANDONED = int(ReceiptType.AV_BELEGABBRUCH)
_STAFF = int(ReceiptType.AV_SACHBEZUG)
_UMSATZ = int(BusinessCase.UMSATZ)
_BESIDE = ", ".join(str(int(case)) for case in sorted(NOT_TURNOVER))
_NO_CUSTOMER = "(sales_lines = 0 AND line_count > 0)"
_OPENED = "outcome NOT IN ('NOT_OPENED', 'EXPIRED')"

RECEIPTS = f"""
SELECT {{g}} AS g,
    count(*) FILTER (type = {_BELEG}),
    coalesce(sum(line_count) FILTER (type = {_BELEG}), 0),
    coalesce(sum(total_cents) FILTER (type = {_BELEG}), 0),
    coalesce(arg_min(receipt_number, sequence) FILTER (NOT own), ''),
    coalesce(arg_max(receipt_number, sequence) FILTER (NOT own), ''),
    count(*) FILTER (type = {_BELEG} AND gives_back),
    coalesce(sum(sales_cents) FILTER (type = {_BELEG} AND gives_back), 0),
    count(*) FILTER (type = {_BELEG} AND reverses_receipt AND NOT {_NO_CUSTOMER}),
    coalesce(sum(total_cents) FILTER (type = {_BELEG} AND reverses_receipt AND NOT {_NO_CUSTOMER}), 0),
    count(*) FILTER (type = {_BELEG} AND reverses_receipt AND {_NO_CUSTOMER}),
    coalesce(sum(total_cents) FILTER (type = {_BELEG} AND reverses_receipt AND {_NO_CUSTOMER}), 0),
    coalesce(sum(line_voids) FILTER (type = {_BELEG}), 0),
    count(*) FILTER (type = {_TRAINING}),
    count(*) FILTER (type = {_ABANDONED}),
    coalesce(min(finished_at_ms) FILTER (type = {_BELEG}), 0),
    coalesce(max(finished_at_ms) FILTER (type = {_BELEG}), 0),
    count(*) FILTER (type = {_BELEG} AND sale),
    count(*) FILTER (type = {_BELEG} AND tse = 1),
    count(*) FILTER (type = {_BELEG} AND tse = 2),
    count(*) FILTER (type = {_STAFF}),
    coalesce(sum(sales_cents) FILTER (type = {_STAFF}), 0),
    coalesce(arg_min(receipt_number, sequence) FILTER (own AND receipt_number <> ''), ''),
    coalesce(arg_max(receipt_number, sequence) FILTER (own AND receipt_number <> ''), '')
FROM receipts WHERE {{w}} GROUP BY g
"""

VAT = """
SELECT {g} AS g, vat_key, vat_rate_basis_points, sum(gross_cents), sum(net_cents), sum(vat_cents)
FROM vat_sums WHERE counts AND {w} GROUP BY g, vat_key, vat_rate_basis_points ORDER BY ALL
"""

PAYMENTS = """
SELECT {g} AS g, type, name, currency, count(*), sum(amount_cents), sum(foreign_amount)
FROM payments WHERE counts AND {w} GROUP BY g, type, name, currency ORDER BY g, type, name, currency
"""

USERS = f"""
SELECT {{g}} AS g, user_id, count(*) FILTER (sale), sum(sales_cents), arg_max(user_name, sequence)
FROM receipts WHERE type = {_BELEG} AND sales_lines > 0 AND {{w}} GROUP BY g, user_id ORDER BY g, user_id
"""

HOURS = f"""
SELECT {{g}} AS g, hour, count(*) FILTER (sale), sum(sales_cents)
FROM receipts WHERE type = {_BELEG} AND sales_lines > 0 AND {{w}} GROUP BY g, hour ORDER BY g, hour
"""

CASES = """
SELECT {g} AS g, business_case, count(*), sum(gross_cents)
FROM lines WHERE counts AND {w} GROUP BY g, business_case ORDER BY g, business_case
"""

CATEGORIES = f"""
WITH category AS (
    SELECT {{g}} AS g, category_key, sum(gross_cents) AS gross, max(sequence) AS last
    FROM lines WHERE counts AND business_case NOT IN ({_BESIDE}) AND {{w}} GROUP BY g, category_key
)
SELECT g, c.category_key, arg_max(category_name, line_number), any_value(gross)
FROM category c JOIN lines l ON l.sequence = c.last AND l.category_key = c.category_key AND counts
GROUP BY g, c.category_key ORDER BY g, c.category_key
"""

# Sold goods alone: a deposit's line bears the number of its article, and would add its quantity and lend its name.
# min_by with a count keeps a heap per group, where ranking by a window would sort every article of every register. Quantity and text are
# looked up for the few at the top alone.
ARTICLES = f"""
WITH article AS (
    SELECT {{g}} AS g, article_number, sum(gross_cents) AS gross
    FROM lines WHERE counts AND business_case = {_UMSATZ} AND article_number <> '' AND {{w}} GROUP BY g, article_number
), top AS (
    SELECT g, unnest(min_by(article_number, (-gross, article_number), {TOP_ARTICLES})) AS article_number
    FROM article GROUP BY g
)
SELECT t.g, t.article_number, arg_max(text, (sequence, line_number)), sum(quantity_thousandths), sum(gross_cents) AS gross,
    arg_max(unit, (sequence, line_number))
FROM top t JOIN lines l ON t.g = {{g}} AND l.article_number = t.article_number
WHERE counts AND business_case = {_UMSATZ} AND {{w}}
GROUP BY t.g, t.article_number ORDER BY t.g, gross DESC, t.article_number
"""

CASH = f"""
SELECT {{g}} AS g, cash_case, count(*), sum(cash_cents)
FROM receipts WHERE type = {_BELEG} AND cash_case > 0 AND {{w}} GROUP BY g, cash_case ORDER BY g, cash_case
"""

ALL_ARTICLES = f"""
SELECT {{g}} AS g, article_number, arg_max(text, (sequence, line_number)), sum(quantity_thousandths), sum(gross_cents),
    arg_max(unit, (sequence, line_number))
FROM lines WHERE counts AND business_case = {_UMSATZ} AND article_number <> '' AND {{w}}
GROUP BY g, article_number ORDER BY g, article_number
"""

FINDINGS = "SELECT {g} AS g, count(*), count(*) FILTER (reason = 'LATE_SALE') FROM findings WHERE NOT refused AND {w} GROUP BY g"

NO_SALE = f"SELECT {{g}} AS g, count(*) FROM drawer_openings WHERE reason <> 'SALE' AND {_OPENED} AND {{w}} GROUP BY g"

COLUMNS = f"""
SELECT period, hour, category_key, vat_key, sum(gross_cents), count(*)
FROM lines WHERE counts AND business_case NOT IN ({_BESIDE}) AND {{w}}
GROUP BY period, hour, category_key, vat_key ORDER BY period, hour, category_key, vat_key
"""
