"""`branch.db`: one thread writes it, and whatever queued during its last sync shares the next commit."""
