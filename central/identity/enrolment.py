"""Enrolment: a one-off token becomes a branch CA and a gateway certificate.

Of a token only the SHA-256 of its secret is kept. It is used up before anything is signed, so that it works once, whoever comes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Protocol

from branchgate.clock import Clock
from branchgate.errors import Refused, RefusedKind
from branchgate.identity.certificates import to_pem
from branchgate.identity.keys import public_key_sha256, requested_key
from branchgate.identity.names import CENTRAL_DNS, BranchName
from branchgate.identity.token import EnrolmentToken, new_token
from central.identity.authority import CentralAuthority

TOKEN_LIVES_MS = 24 * 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class StoredToken:
    """What is kept of a token. Times are UTC milliseconds."""

    secret_sha256: bytes
    branch_id: str
    made_at_ms: int
    expires_at_ms: int


class EnrolmentStore(Protocol):
    """Where tokens and enrolled gateways are kept."""

    async def add_token(self, token: StoredToken) -> None:
        """Keeps a token. Raises Refused (NOT_FOUND) when there is no such branch."""

    async def use_token(self, secret_sha256: bytes, now_ms: int) -> str | None:
        """Uses a token up and returns its branch id; None if it is unknown, used or expired. Of two calls at once one gets it."""

    async def gateway_enrolled(self, branch_id: str, key_sha256: bytes, at_ms: int) -> None:
        """Keeps the key of the branch's gateway; one that the branch had before is refused from now on."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A gateway's identity as issued. All PEM."""

    branch_id: str
    central_id: str
    branch_ca_pem: bytes
    gateway_chain_pem: bytes
    root_pem: bytes
    central_name: str


class Enrolment:
    """Makes tokens and takes them in."""

    def __init__(self, authority: CentralAuthority, store: EnrolmentStore, clock: Clock) -> None:
        self._authority = authority
        self._store = store
        self._clock = clock

    async def make_token(self, branch_id: str, address: str) -> EnrolmentToken:
        """A token for a branch's gateway, good for 24 hours and one use. `address` is host:port as the gateway reaches this central.

        Raises Refused (INVALID_ID, NAME_RESERVED, NOT_FOUND).
        """
        BranchName(self._authority.central_id, branch_id)
        token = new_token(address, self._authority.root_sha256)
        now_ms = self._clock.now_ms()
        stored = StoredToken(_digest(token.wire_secret), branch_id, now_ms, now_ms + TOKEN_LIVES_MS)
        await self._store.add_token(stored)
        return token

    async def enrol(self, secret: str, branch_ca_csr_der: bytes, gateway_csr_der: bytes) -> Enrolled:
        """Issues a gateway's identity.

        Raises Refused: CSR_INVALID (the token is still good), ENROLMENT_TOKEN_NOT_ACCEPTED (alike for unknown, used and expired ones),
        ISSUER_CLOCK_BEHIND, CA_EXPIRED.
        """
        branch_ca_key, gateway_key = requested_key(branch_ca_csr_der), requested_key(gateway_csr_der)
        now_ms = self._clock.now_ms()
        branch_id = await self._store.use_token(_digest(secret), now_ms)
        if branch_id is None:
            raise Refused("ENROLMENT_TOKEN_NOT_ACCEPTED", field="token", kind=RefusedKind.NOT_ALLOWED)
        branch = BranchName(self._authority.central_id, branch_id)
        enrolled = Enrolled(
            branch_id,
            self._authority.central_id,
            self._authority.issue_branch_ca(branch, branch_ca_key),
            self._authority.issue_gateway(branch, gateway_key),
            to_pem(self._authority.root),
            CENTRAL_DNS,
        )
        await self._store.gateway_enrolled(branch_id, public_key_sha256(gateway_key), now_ms)
        return enrolled


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
