"""Writes an archive as the gateway's child: `python -m gateway.archive`, the task on its input, the steps on its output."""

from __future__ import annotations

import sys

from gateway.archive.process import run

sys.exit(run(sys.stdin.buffer, sys.stdout.buffer))
