from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from branchgate.sync.window import LARGEST_WINDOW_BYTES, SMALLEST_WINDOW_BYTES, Window, page_bytes_for


@given(st.integers(0, 10**9), st.lists(st.floats(0.01, 1.0), max_size=200), st.randoms())
def test_what_is_owed_never_exceeds_the_window(asked: int, pages: list[float], random: st.DataObject) -> None:
    window = Window(asked)
    assert SMALLEST_WINDOW_BYTES <= window.limit <= LARGEST_WINDOW_BYTES
    sent: list[bytes] = []
    for number, fill in enumerate(pages):
        if not window.is_open:
            assert window.acknowledged(sent.pop(0))
            continue
        sent.append(number.to_bytes(4, "big"))
        window.sent(sent[-1], round(fill * window.page_bytes))
        assert window.outstanding <= window.limit
    if sent:
        assert window.acknowledged(sent[-1])
    assert window.outstanding == 0
    assert window.is_open


def test_it_opens_at_eighty_percent_and_not_at_once() -> None:
    window = Window(1_000_000)
    for number in range(7):
        assert window.is_open
        window.sent(b"%d" % number, window.page_bytes)
    assert not window.is_open
    window.acknowledged(b"0")
    assert not window.is_open
    window.acknowledged(b"1")
    assert window.is_open


def test_an_acknowledgement_covers_everything_before_it() -> None:
    window = Window()
    for number in range(3):
        window.sent(b"%d" % number, 1_000)
    assert window.acknowledged(b"1")
    assert window.outstanding == 1_000


def test_an_unknown_cursor_acknowledges_nothing() -> None:
    window = Window()
    window.sent(b"a", 1_000)
    assert not window.acknowledged(b"b")
    assert window.outstanding == 1_000


def test_readers_with_like_windows_share_a_page_size() -> None:
    assert page_bytes_for(2_000_000) == page_bytes_for(1_100_000) == 262_144
    assert page_bytes_for(64 * 1024) == 16_384
