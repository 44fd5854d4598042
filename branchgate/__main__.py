"""`python -m branchgate`, the same as the `branchgate` command."""

from __future__ import annotations

from branchgate.cli import main

main()
