"""Which registers have a Record stream open now."""

from __future__ import annotations

from collections import Counter
from typing import Any, cast

from branchgate.wire.callers import Context, caller


class Presence:
    """Counts open streams per register; a register that reconnects may have two for a moment."""

    def __init__(self) -> None:
        self._streams: Counter[str] = Counter()

    def enter(self, context: Context) -> str:
        """The register that calls, present until its call ends."""
        register_id = caller(context).register_id
        self._streams[register_id] += 1

        def leave(_context: Context) -> None:
            self._leave(register_id)

        # The stubs want a class where grpc takes any callable.
        context.add_done_callback(cast(Any, leave))
        return register_id

    def registers(self) -> frozenset[str]:
        """Registers with a stream open."""
        return frozenset(self._streams)

    def _leave(self, register_id: str) -> None:
        self._streams[register_id] -= 1
        if not self._streams[register_id]:
            del self._streams[register_id]
