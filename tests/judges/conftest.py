from __future__ import annotations

from pathlib import Path

import pytest

from tests.judges import installing


@pytest.fixture(scope="session")
def emupos_program() -> Path:
    """The emulated printer's program, or a skip that says why there is none."""
    try:
        return installing.emupos()
    except installing.NotHere as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def node_programs() -> Path:
    """The folder of the programs that run under node, or a skip."""
    try:
        return installing.node_programs()
    except installing.NotHere as reason:
        pytest.skip(str(reason))
