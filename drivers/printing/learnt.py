"""What a printer once showed it can do, kept over restarts: finding out that it does not know GS ( H takes two seconds each time.

And a printer that is stuck at the first contact after a restart is not taken for one that knows less, nor a silent one for a mute one.
"""

from __future__ import annotations

from dataclasses import dataclass

from drivers.printing.job import Fence


@dataclass(frozen=True, slots=True)
class Learnt:
    """Good for a printer at this `address` that calls itself `model` (GS I 67; empty: it tells no name)."""

    address: str
    model: str
    fence: Fence

    @property
    def proves(self) -> bool:
        """It offers a proof. One that does not, was heard all the same."""
        return self.fence is not Fence.NONE

    def holds_for(self, address: str, model: str) -> bool:
        """Another model may have been put in its place. Without a name only the weaker proof is believed: it cannot block a successor."""
        named = bool(model) or self.fence is not Fence.PROCESS_ID
        return self.proves and named and (self.address, self.model) == (address, model)
