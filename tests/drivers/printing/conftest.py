"""Both media of a test that is to run over each."""

from __future__ import annotations

import pytest

from tests.drivers.fake_printer import PtyFront, TcpFront
from tests.drivers.printing.counter import FRONTS


@pytest.fixture(params=FRONTS, ids=["tcp", "pty"])
def front_of(request: pytest.FixtureRequest) -> type[TcpFront] | type[PtyFront]:
    chosen: type[TcpFront] | type[PtyFront] = request.param
    return chosen
