"""What the branch knows that a receipt can be checked against."""

from __future__ import annotations

from branchgate.numbers import NumberRange
from gateway.catalogue.replica import Replica
from gateway.pairing.registers import PairedRegisters


class BranchRules:
    """Number ranges of paired registers, articles of the replica. Asked for every sale, so both answer from memory."""

    def __init__(self, registers: PairedRegisters, replica: Replica) -> None:
        self._registers = registers
        self._replica = replica

    def number_range(self, register_id: str) -> NumberRange | None:
        """The form of a register's receipt numbers."""
        register = self._registers.get(register_id)
        return register.number_range if register else None

    def register_of(self, receipt_number: str) -> str | None:
        """The register in whose form a receipt's number is; no two registers could have printed it."""
        for register in self._registers.all():
            if register.number_range.running(receipt_number) is not None:
                return register.register_id
        return None

    def knows_article(self, article_number: str) -> bool | None:
        """False for an article that the branch's assortment does not have."""
        return self._replica.has_article(article_number)
