"""Proofs that both ends know the code, bound to the public key of the TLS server between them.

    S      = SHA-256(DER SubjectPublicKeyInfo of the server's leaf)
    K      = scrypt(secret, salt = "branchgate-pair-v1" || id, N = 2^15, r = 8, p = 1, dkLen = 32)
    MAC(K, label, p1 … pn) = HMAC-SHA256(K, label || len32be(p1) || p1 || … || len32be(pn) || pn)
    proof_register = MAC(K, "register", S, csr_der, nonce)
    proof_gateway  = MAC(K, "gateway",  S, csr_der, nonce, chain_pem, root_pem)

The length prefixes are part of the construction: without them two different splits of the same bytes would have one proof.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field

from branchgate.pairing.code import AuthorizationCode

NONCE_LENGTH = 16
SCRYPT_N = 2**15

_SALT = b"branchgate-pair-v1"
_SCRYPT_R = 8
_SCRYPT_P = 1
_KEY_LENGTH = 32
_MEMORY_LIMIT = 2**27


@dataclass(frozen=True, slots=True)
class StretchedCode:
    """The key made from a code; as secret as the code itself."""

    key: bytes = field(repr=False)

    def register_proof(self, server_key_sha256: bytes, csr_der: bytes, nonce: bytes) -> bytes:
        """What the register sends."""
        return self._mac(b"register", server_key_sha256, csr_der, nonce)

    def gateway_proof(
        self, server_key_sha256: bytes, csr_der: bytes, nonce: bytes, chain_pem: bytes, root_pem: bytes
    ) -> bytes:
        """What the gateway answers with."""
        return self._mac(b"gateway", server_key_sha256, csr_der, nonce, chain_pem, root_pem)

    def _mac(self, label: bytes, *parts: bytes) -> bytes:
        message = label + b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return hmac.digest(self.key, message, "sha256")


def stretched(code: AuthorizationCode, *, scrypt_n: int = SCRYPT_N) -> StretchedCode:
    """Stretches a code. Takes about 100 ms and 32 MiB by intention: run it in a thread.

    Both ends must use the same `scrypt_n`; only tests have a reason for another.
    """
    key = hashlib.scrypt(
        code.secret.encode(),
        salt=_SALT + code.code_id.encode(),
        n=scrypt_n,
        r=_SCRYPT_R,
        p=_SCRYPT_P,
        maxmem=_MEMORY_LIMIT,
        dklen=_KEY_LENGTH,
    )
    return StretchedCode(key)


def agree(proof: bytes, expected: bytes) -> bool:
    """Compares two proofs in constant time."""
    return hmac.compare_digest(proof, expected)
