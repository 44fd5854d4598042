"""Authorization codes: what people read, type and mistype."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branchgate.errors import Refused
from branchgate.pairing.code import ALPHABET, AuthorizationCode, new_code, parsed_code

CODES = st.builds(
    AuthorizationCode, st.text(ALPHABET, min_size=2, max_size=2), st.text(ALPHABET, min_size=10, max_size=10)
)


@given(CODES, st.booleans())
def test_a_code_reads_back_as_shown_in_either_case_with_or_without_dashes(code: AuthorizationCode, lower: bool) -> None:
    assert parsed_code(code.text.lower() if lower else code.text) == code
    assert parsed_code(code.plain) == code


@given(CODES)
def test_letters_that_look_like_digits_are_read_as_digits(code: AuthorizationCode) -> None:
    misread = code.text.replace("0", "O").replace("1", "l")
    assert parsed_code(misread) == code
    assert parsed_code(misread.replace("l", "I").lower()) == code


def test_a_code_is_shown_in_three_groups_of_four() -> None:
    assert AuthorizationCode("73", "7CJM8ETVEZ").text == "737C-JM8E-TVEZ"


@pytest.mark.parametrize(
    "typed", ["", "737C-JM8E-TVE", "737C-JM8E-TVEZZ", "737C-JM8E-TVEU", "737CßJM8E-TVEZ", "７37C-JM8E-TVEZ"]
)
def test_what_is_no_code_is_refused_without_being_repeated(typed: str) -> None:
    with pytest.raises(Refused, match="PAIRING_CODE_MALFORMED") as caught:
        parsed_code(typed)
    assert caught.value.value == ""


def test_a_new_code_avoids_the_ids_in_use() -> None:
    every = {first + second for first in ALPHABET for second in ALPHABET}
    assert new_code(every - {"7Z"}).code_id == "7Z"
    with pytest.raises(ValueError, match="every code id"):
        new_code(every)


def test_the_secret_is_not_in_the_representation() -> None:
    code = new_code()
    assert code.secret not in repr(code)
