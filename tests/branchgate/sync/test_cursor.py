from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branchgate.sync.cursor import Cursor, Phase
from branchgate.sync.source import EntryId

entry_ids = st.builds(EntryId, st.integers(0, 2**32 - 1), st.text(st.characters(exclude_categories=["Cs"])))
cursors = st.one_of(
    st.builds(
        Cursor, st.binary(max_size=16), st.binary(max_size=16), st.integers(0, 2**64 - 1), st.sampled_from(Phase)
    ),
    st.builds(
        Cursor,
        st.binary(max_size=16),
        st.binary(max_size=16),
        st.integers(0, 2**64 - 1),
        st.just(Phase.SNAPSHOT),
        entry_ids,
    ),
)


@given(cursors)
def test_a_cursor_comes_back_as_it_was_made(cursor: Cursor) -> None:
    assert Cursor.decode(cursor.encode()) == cursor


@given(cursors, st.data())
def test_a_shortened_cursor_is_not_taken_for_the_same(cursor: Cursor, data: st.DataObject) -> None:
    encoded = cursor.encode()
    cut = encoded[: data.draw(st.integers(0, len(encoded) - 1))]
    with contextlib.suppress(ValueError):
        assert Cursor.decode(cut) != cursor


@given(st.binary())
def test_foreign_bytes_raise_nothing_but_value_error(data: bytes) -> None:
    with contextlib.suppress(ValueError):
        assert Cursor.decode(data).encode() == data


def test_a_cursor_of_another_version_is_refused() -> None:
    encoded = Cursor(b"epoch", b"", 1).encode()
    with pytest.raises(ValueError, match="not a cursor"):
        Cursor.decode(b"\x02" + encoded[1:])
