"""Runs the sales store as the gateway's child: `python -m gateway.sales --journal branch.db --store sales.duckdb --socket-fd N`."""

from __future__ import annotations

import sys

from gateway.sales.process import run

sys.exit(run(sys.argv[1:]))
