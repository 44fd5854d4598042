"""Both ends of a pairing, without I/O: the gateway's open codes and the register's one attempt.

Times are milliseconds of a monotonic clock, passed in. Limits: a code lives ten minutes, stands five wrong tries and one right one; after
twenty failures within a minute a gateway takes no attempt at all for a while. Unknown, expired and wrong codes are answered alike.
"""

from __future__ import annotations

import secrets
from collections import deque
from dataclasses import dataclass

from branchgate.errors import Refused, RefusedKind
from branchgate.identity.certificates import from_pem
from branchgate.identity.keys import PrivateKey, certificate_key_sha256, public_key_sha256, signing_request
from branchgate.pairing.code import AuthorizationCode
from branchgate.pairing.proof import NONCE_LENGTH, StretchedCode, agree

CODE_LIVES_MS = 10 * 60 * 1000
TRIES_PER_CODE = 5
FAILURES_PER_MINUTE = 20

_MINUTE_MS = 60 * 1000
_KEY_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a register sends to prove that it knows a code."""

    code_id: str
    csr_der: bytes
    nonce: bytes
    proof: bytes


@dataclass(frozen=True, slots=True)
class Proven:
    """The code is proved and burnt; `stretched` signs the gateway's answer."""

    register_id: str
    stretched: StretchedCode


@dataclass(frozen=True, slots=True)
class NotAccepted:
    """Unknown, expired or wrong. `register_id` is the one whose open code was tried, if any; `code_died` if that was its last try."""

    register_id: str | None = None
    code_died: bool = False


@dataclass(frozen=True, slots=True)
class TooManyFailures:
    """No attempt is looked at before `retry_after_ms`."""

    retry_after_ms: int


Outcome = Proven | NotAccepted | TooManyFailures


@dataclass(slots=True)
class _OpenCode:
    register_id: str
    stretched: StretchedCode
    dies_at_ms: int
    tries_left: int = TRIES_PER_CODE


class OpenCodes:
    """The gateway's end: every code that may still be used, one per register."""

    def __init__(self) -> None:
        self._codes: dict[str, _OpenCode] = {}
        self._failures: deque[int] = deque()
        # An unknown id costs the same computation as a known one.
        self._decoy = StretchedCode(secrets.token_bytes(_KEY_LENGTH))

    @property
    def code_ids(self) -> frozenset[str]:
        """Ids that a new code must not have."""
        return frozenset(self._codes)

    @property
    def next_death_ms(self) -> int | None:
        """When `bury` has something to do next."""
        return min((code.dies_at_ms for code in self._codes.values()), default=None)

    def open(self, register_id: str, code: AuthorizationCode, stretched: StretchedCode, now_ms: int) -> None:
        """Opens a code; one that the register already had dies."""
        self.close(register_id)
        self._codes[code.code_id] = _OpenCode(register_id, stretched, now_ms + CODE_LIVES_MS)

    def close(self, register_id: str) -> bool:
        """Ends the register's code, if there is one."""
        ended = [code_id for code_id, code in self._codes.items() if code.register_id == register_id]
        for code_id in ended:
            del self._codes[code_id]
        return bool(ended)

    def bury(self, now_ms: int) -> list[str]:
        """Ends what has outlived its time; returns the registers whose codes those were."""
        dead = [(code_id, code.register_id) for code_id, code in self._codes.items() if now_ms >= code.dies_at_ms]
        for code_id, _ in dead:
            del self._codes[code_id]
        return [register_id for _, register_id in dead]

    def attempt(self, attempt: Attempt, server_key_sha256: bytes, now_ms: int) -> Outcome:
        """Judges an attempt. A right one burns the code before anything is signed, so that it can be right only once."""
        while self._failures and self._failures[0] <= now_ms - _MINUTE_MS:
            self._failures.popleft()
        if len(self._failures) >= FAILURES_PER_MINUTE:
            return TooManyFailures(self._failures[0] + _MINUTE_MS - now_ms)
        code = self._codes.get(attempt.code_id)
        if code is not None and now_ms >= code.dies_at_ms:
            code = None
        stretched = code.stretched if code else self._decoy
        expected = stretched.register_proof(server_key_sha256, attempt.csr_der, attempt.nonce)
        right = agree(attempt.proof, expected) and len(attempt.nonce) == NONCE_LENGTH
        if code is not None and right:
            del self._codes[attempt.code_id]
            return Proven(code.register_id, code.stretched)
        self._failures.append(now_ms)
        return self._failed(attempt.code_id, code)

    def _failed(self, code_id: str, code: _OpenCode | None) -> NotAccepted:
        if code is None:
            return NotAccepted()
        code.tries_left -= 1
        if code.tries_left == 0:
            del self._codes[code_id]
        return NotAccepted(code.register_id, code_died=code.tries_left == 0)


class RegisterPairing:
    """The register's end: one attempt with a key that never leaves it.

    `server_key_sha256` is the key the server presented on the connection that the attempt goes through.
    """

    def __init__(
        self, code: AuthorizationCode, stretched: StretchedCode, server_key_sha256: bytes, key: PrivateKey
    ) -> None:
        self._stretched = stretched
        self._server_key_sha256 = server_key_sha256
        self._key = key
        csr_der = signing_request(key)
        nonce = secrets.token_bytes(NONCE_LENGTH)
        self.attempt = Attempt(
            code.code_id, csr_der, nonce, stretched.register_proof(server_key_sha256, csr_der, nonce)
        )

    def verify(self, chain_pem: bytes, root_pem: bytes, proof: bytes) -> None:
        """Checks the gateway's answer before anything of it is believed.

        Raises Refused (GATEWAY_PROOF_WRONG) when the other end does not know the code or answers for another connection.
        """
        expected = self._stretched.gateway_proof(
            self._server_key_sha256, self.attempt.csr_der, self.attempt.nonce, chain_pem, root_pem
        )
        if not agree(proof, expected):
            raise _not_our_gateway("the answer proves the code for this very connection")
        if certificate_key_sha256(from_pem(chain_pem)[0]) != public_key_sha256(self._key.public_key()):
            raise _not_our_gateway("the certificate is for the key that was sent")


def _not_our_gateway(rule: str) -> Refused:
    return Refused("GATEWAY_PROOF_WRONG", field="proof", rule=rule, kind=RefusedKind.NOT_ALLOWED)
