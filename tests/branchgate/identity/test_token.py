"""Enrolment tokens survive being pasted, and nothing else passes for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branchgate.errors import Refused
from branchgate.identity.token import new_token, parsed_token

TOKEN = new_token("central.example:7446", b"r" * 32)


@given(st.integers(min_value=0, max_value=len(TOKEN.text)), st.sampled_from([" ", "\n", "\r\n", "\t"]))
def test_a_token_survives_line_breaks_and_spaces(place: int, space: str) -> None:
    assert parsed_token(f"{TOKEN.text[:place]}{space}{TOKEN.text[place:]}") == TOKEN


@given(st.data())
def test_a_changed_character_is_noticed(data: st.DataObject) -> None:
    place = data.draw(st.integers(min_value=0, max_value=len(TOKEN.text) - 1))
    other = data.draw(st.sampled_from("abcXYZ019-_"))
    changed = TOKEN.text[:place] + other + TOKEN.text[place + 1 :]
    try:
        # The last character may carry unused bits; then the same token comes out.
        assert parsed_token(changed) == TOKEN
    except Refused as refused:
        assert refused.reason == "ENROLMENT_TOKEN_MALFORMED"
        assert refused.value == ""


@given(st.text(max_size=80))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="ENROLMENT_TOKEN_MALFORMED"):
        parsed_token(text)


def test_two_tokens_never_share_a_secret() -> None:
    assert new_token(TOKEN.address, TOKEN.root_sha256).wire_secret != TOKEN.wire_secret
