"""Recording: events of registers are judged, journaled and settled; findings are kept, nothing that happened is thrown away."""
