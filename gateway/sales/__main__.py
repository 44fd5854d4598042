"""Runs the sales store as the gateway's child: `python -m gateway.sales DESCRIPTOR` of its socket."""

from __future__ import annotations

import sys

from gateway.sales.process import run

sys.exit(run(int(sys.argv[1])))
