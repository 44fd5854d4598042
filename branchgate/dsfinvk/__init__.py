"""Judges exports for the tax office (DSFinV-K 2.4), whoever wrote them: from the specification's facts, without the exporter's code.

`inspect` is the whole of it; `verify` is the judge of signatures to give it. The facts stand in `columns.toml` and `values.toml`, what the
rules say in `rules.toml`.
"""

from __future__ import annotations

from branchgate.dsfinvk.checks.signatures import verify
from branchgate.dsfinvk.checks.signed_data import SignatureJudge, SignedTransaction
from branchgate.dsfinvk.faults import Fault
from branchgate.dsfinvk.inspection import Extent, Progress, Result, inspect

__all__ = ["Extent", "Fault", "Progress", "Result", "SignatureJudge", "SignedTransaction", "inspect", "verify"]
