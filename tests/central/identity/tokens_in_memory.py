"""The store of tokens and enrolled gateways as a dictionary, for tests of the rules around it."""

from __future__ import annotations

from branchgate.errors import Refused, RefusedKind
from central.identity.enrolment import StoredToken


class TokensInMemory:
    """See EnrolmentStore."""

    def __init__(self, *branches: str) -> None:
        self.branches = branches
        self.tokens: dict[bytes, StoredToken] = {}
        self.gateways: dict[str, bytes] = {}

    async def add_token(self, token: StoredToken) -> None:
        if token.branch_id not in self.branches:
            raise Refused("NOT_FOUND", field="branch_id", value=token.branch_id, kind=RefusedKind.NOT_FOUND)
        self.tokens[token.secret_sha256] = token

    async def use_token(self, secret_sha256: bytes, now_ms: int) -> str | None:
        token = self.tokens.pop(secret_sha256, None)
        return token.branch_id if token and now_ms < token.expires_at_ms else None

    async def gateway_enrolled(self, branch_id: str, key_sha256: bytes, at_ms: int) -> None:
        self.gateways[branch_id] = key_sha256
