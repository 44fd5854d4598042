from __future__ import annotations

import hashlib

from branchgate.sync.digest import seal_of


def test_the_digest_is_what_the_contract_says() -> None:
    """An integrator can compute it in three lines of any language."""
    spelled_out = b"".join(
        kind.to_bytes(4, "big") + len(key.encode()).to_bytes(4, "big") + key.encode() + hashlib.sha256(value).digest()
        for kind, key, value in [(1, "10", b"x"), (1, "ä", b""), (2, "a", b"y")]
    )
    seal = seal_of([(1, "10", b"x"), (1, "ä", b""), (2, "a", b"y")])
    assert seal.digest == hashlib.sha256(spelled_out).digest()
    assert seal.entries == 3


def test_keys_and_values_cannot_be_shifted_into_each_other() -> None:
    assert seal_of([(1, "ab", b"c")]) != seal_of([(1, "a", b"bc")])
    assert seal_of([(1, "a", b""), (1, "b", b"")]) != seal_of([(1, "ab", b"")])
