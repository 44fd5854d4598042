"""Renewal of a paired register's certificate, over the connection that its valid one opened."""

from __future__ import annotations

from branchgate.wire.callers import Caller
from gateway.pairing.audit import Change, IdentityAudit
from gateway.pairing.authority import BranchAuthority
from gateway.pairing.registers import PairedRegisters


class Renewals:
    """Issues a new certificate for a fresh key to the register that asks, in the name it already has."""

    def __init__(self, authority: BranchAuthority, registers: PairedRegisters, audit: IdentityAudit) -> None:
        self._authority = authority
        self._registers = registers
        self._audit = audit

    @property
    def root_pem(self) -> bytes:
        """Central's root."""
        return self._authority.identity.root_pem

    async def renew(self, caller: Caller, csr_der: bytes) -> bytes:
        """The new chain, PEM. Raises Refused (CSR_INVALID, ISSUER_CLOCK_BEHIND, CA_EXPIRED) or TryAgain (DISK_FULL)."""
        issued = self._authority.issue_register(csr_der, caller.register_id)
        await self._audit.note(Change.RENEWED, caller.register_id, issued.key_sha256)
        await self._registers.renewed(
            caller.register_id, presented_sha256=caller.key_sha256, new_sha256=issued.key_sha256
        )
        return issued.chain_pem
