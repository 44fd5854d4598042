"""Makes one export as a child: `python -m gateway.dsfinvk`, its order on standard input, what came of it on standard output."""

from __future__ import annotations

import sys

from gateway.dsfinvk.process import run

sys.exit(run(sys.stdin.buffer, sys.stdout.buffer))
