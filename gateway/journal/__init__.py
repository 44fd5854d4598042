"""The branch's journal: append-only, one hash chain, every event of every register and of the gateway itself."""
