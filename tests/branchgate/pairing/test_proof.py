"""Proofs: the construction, byte for byte, as another language must build it."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from branchgate.pairing.code import parsed_code
from branchgate.pairing.proof import SCRYPT_N, StretchedCode, agree, stretched

CODE = parsed_code("737C-JM8E-TVEZ")


def test_a_code_is_stretched_with_the_cost_of_the_contract() -> None:
    assert SCRYPT_N == 2**15
    expected = hashlib.scrypt(
        b"7CJM8ETVEZ", salt=b"branchgate-pair-v1" + b"73", n=32768, r=8, p=1, maxmem=2**27, dklen=32
    )
    assert stretched(CODE).key == expected


def test_the_proofs_are_macs_over_length_prefixed_parts() -> None:
    code = StretchedCode(b"k" * 32)
    message = b"register\x00\x00\x00\x01s\x00\x00\x00\x02cc\x00\x00\x00\x03nnn"
    assert code.register_proof(b"s", b"cc", b"nnn") == hmac.digest(b"k" * 32, message, "sha256")
    message = b"gateway\x00\x00\x00\x01s\x00\x00\x00\x02cc\x00\x00\x00\x03nnn\x00\x00\x00\x00\x00\x00\x00\x01r"
    assert code.gateway_proof(b"s", b"cc", b"nnn", b"", b"r") == hmac.digest(b"k" * 32, message, "sha256")


def test_bytes_moved_from_one_part_to_the_next_are_another_proof() -> None:
    code = StretchedCode(b"k" * 32)
    assert code.register_proof(b"s", b"cc", b"n") != code.register_proof(b"s", b"c", b"cn")
    assert code.register_proof(b"s", b"c", b"n") != code.gateway_proof(b"s", b"c", b"n", b"", b"")


@pytest.mark.parametrize("other", ["747C-JM8E-TVEZ", "737C-JM8E-TVEY"])
def test_another_id_or_secret_is_another_key(other: str) -> None:
    assert stretched(parsed_code(other), scrypt_n=2).key != stretched(CODE, scrypt_n=2).key


def test_proofs_are_compared_whole() -> None:
    assert agree(b"abc", b"abc")
    assert not agree(b"abc", b"abd")
    assert not agree(b"", b"abd")


def test_the_key_is_not_in_the_representation() -> None:
    assert "k" * 32 not in repr(StretchedCode(b"k" * 32))
