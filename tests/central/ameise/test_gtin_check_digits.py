"""Check digits of GTINs, against GS1's own examples."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.ameise.gtin import LENGTHS, check_digit, is_gtin


@pytest.mark.parametrize("code", ["96385074", "614141000036", "4006381333931", "10614141000415"])
def test_known_codes_of_every_length_are_valid(code: str) -> None:
    assert is_gtin(code)


@given(st.sampled_from(LENGTHS), st.data())
def test_any_single_wrong_digit_is_noticed(length: int, data: st.DataObject) -> None:
    body = data.draw(st.text("0123456789", min_size=length - 1, max_size=length - 1))
    code = body + str(check_digit(body))
    place = data.draw(st.integers(0, length - 1))
    other = str((int(code[place]) + data.draw(st.integers(1, 9))) % 10)
    assert is_gtin(code)
    assert not is_gtin(code[:place] + other + code[place + 1 :])


@pytest.mark.parametrize("code", ["", "4006381333932", "400638133393", "400638133393a", "٤٠٠٦٣٨١٣٣٣٩٣١"])
def test_other_text_is_no_gtin(code: str) -> None:
    assert not is_gtin(code)
