"""What a script may say: every nonsense names the field, the value and the rule."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branchgate.errors import Refused
from branchgate.register.till.commands import Sell, parse_command, ref_of
from branchgate.register.till.entries import LineToSell
from branchgate.register.till.paying import Pay
from branchgate.register.till.values import fixed_point

SALE = '"do":"sell","lines":[{"article":"1"}]'
WHOLE_NUMBER = "a number with at most 9 digits and {} decimals"


@pytest.mark.parametrize(
    ("line", "field", "value", "rule"),
    [
        ("nonsense", "line", "nonsense", "Invalid JSON"),
        ("[]", "line", "[]", "object"),
        ("{}", "do", "", "one of sell"),
        ('{"do":"dance"}', "do", "dance", "one of sell"),
        ('{"do":["sell"]}', "do", "sell", "one of sell"),
        ('{"do":"sell"}', "lines", "", "required"),
        ("{" + SALE + "}", "pay", "", "required"),
        ('{"do":"sell","lines":[],"pay":{"cash":"1"}}', "lines", "[]", "at least 1"),
        ('{"do":"sell","lines":[{}],"pay":{"cash":"1"}}', "lines[0].article", "", "required"),
        ('{"do":"sell","lines":[{"article":""}],"pay":{"cash":"1"}}', "lines[0].article", "", "at least 1"),
        ("{" + SALE + ',"pay":{}}', "pay", "{}", "either cash or card"),
        ("{" + SALE + ',"pay":{"cash":"1","card":"Visa"}}', "pay", "Visa", "either cash or card"),
        ("{" + SALE + ',"pay":{"cash":"-3"}}', "pay", "-3", "not less than zero"),
        ("{" + SALE + ',"pay":{"cash":"next 0"}}', "pay", "next 0", "more than zero"),
        ("{" + SALE + ',"pay":{"cash":"1,234"}}', "pay", "1,234", WHOLE_NUMBER.format(2)),
        ('{"do":"float","amount":"-5"}', "amount", "-5", "more than zero"),
        ('{"do":"float","amount":true}', "amount", "true", WHOLE_NUMBER.format(2)),
        ('{"do":"resolve","job":"zz","complete":true}', "job", "zz", "32 hexadecimal digits"),
        ('{"do":"wait","for":"godot"}', "for", "godot", "catalogue"),
        ('{"do":"wait","for":"settled","timeout_ms":0}', "timeout_ms", "0", "greater than or equal to 1"),
        ('{"do":"x","colour":"red"}', "colour", "red", "not permitted"),
        ('{"do":"x","ref":{"a":1}}', "ref", '{"a": 1}', "a text or a whole number"),
    ],
)
def test_nonsense_is_refused_by_field_value_and_rule(line: str, field: str, value: str, rule: str) -> None:
    with pytest.raises(Refused) as told:
        parse_command(line)
    assert told.value.reason == "INVALID_VALUE"
    assert told.value.field == field
    assert value in told.value.value
    assert rule in told.value.rule


@pytest.mark.parametrize(
    ("quantity", "rule"),
    [
        ("abc", WHOLE_NUMBER.format(3)),
        ("0,1234567890", WHOLE_NUMBER.format(3)),
        ("4006381333931", WHOLE_NUMBER.format(3)),
        ("99999", "at most 10000"),
        ("-2", "more than zero"),
        ("0", "more than zero"),
    ],
)
def test_an_impossible_quantity_is_refused(quantity: str, rule: str) -> None:
    with pytest.raises(Refused) as told:
        parse_command('{"do":"sell","lines":[{"article":"1","quantity":"' + quantity + '"}],"pay":{"cash":"1"}}')
    assert (told.value.field, told.value.value) == ("lines[0].quantity", quantity)
    assert rule in told.value.rule


def test_quantities_are_understood_with_comma_and_point() -> None:
    line = (
        '{"do":"sell","lines":[{"article":"1","quantity":"0,486"},{"article":"1","quantity":2.5}],"pay":{"cash":"1"}}'
    )
    command = parse_command(line)
    assert isinstance(command, Sell)
    assert [each.quantity for each in command.lines if isinstance(each, LineToSell)] == [486, 2500]


@pytest.mark.parametrize(
    ("cash", "total", "given"),
    [
        ("20,00", 1234, 2000),
        ("exact", 1234, 1234),
        ("next 5", 1234, 1500),
        ("next 20", 4000, 4000),
        ("exact", -500, 0),
        ("20", -500, 0),
        ("next 10", -500, 0),
    ],
)
def test_cash_is_given_as_people_give_it(cash: str, total: int, given: int) -> None:
    assert Pay(cash=cash).given_cents(total) == given


@given(st.text())
def test_whatever_comes_is_a_command_or_refused(line: str) -> None:
    try:
        parse_command(line)
    except Refused as told:
        assert told.field
        assert told.rule
    ref_of(line)


@given(st.integers(-999_999_999, 999_999_999), st.integers(0, 3), st.sampled_from(",."))
def test_numbers_are_read_back_exactly(number: int, decimals: int, point: str) -> None:
    whole, rest = divmod(abs(number), 10**decimals)
    text = f"{'-' if number < 0 else ''}{whole}" + (f"{point}{rest:0{decimals}d}" if decimals else "")
    assert fixed_point(text, decimals) == number


def test_the_ref_of_a_refused_line_is_still_told() -> None:
    assert ref_of('{"do":"dance","ref":"a7"}') == "a7"
    assert ref_of('{"ref":true}') is None
    assert ref_of("nonsense") is None
