"""The checks over rows: keys, receipts, VAT, closings, references and the TSE, each subject in a module of its own."""

from __future__ import annotations

from branchgate.dsfinvk.checks.check import Check
from branchgate.dsfinvk.checks.closings import CLOSINGS
from branchgate.dsfinvk.checks.keys import KEYS
from branchgate.dsfinvk.checks.receipts import RECEIPTS
from branchgate.dsfinvk.checks.references import REFERENCES
from branchgate.dsfinvk.checks.tse import TSE
from branchgate.dsfinvk.checks.vat import VAT

CHECKS: tuple[Check, ...] = (*KEYS, *RECEIPTS, *VAT, *CLOSINGS, *REFERENCES, *TSE)

__all__ = ["CHECKS", "Check"]
