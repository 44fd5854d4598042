"""The door to python-escpos, where two printers may stand at the same time."""

from __future__ import annotations

import subprocess
import sys

TOGETHER = """
import threading
from drivers.escpos.renderer import load
failed = []
threading.excepthook = lambda problem: failed.append(problem.exc_value)
threads = [threading.Thread(target=load) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
raise SystemExit(f"{failed}" if failed else 0)
"""


def test_several_printers_may_load_the_renderer_at_once() -> None:
    """The second one used to tidy up after an import that was tidied up already, and its printer's task ended with FileNotFoundError."""
    done = subprocess.run([sys.executable, "-c", TOGETHER], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
