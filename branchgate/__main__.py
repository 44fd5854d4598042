"""`python -m branchgate`, the same as the `branchgate` command."""

from branchgate.cli import main

main()
