"""One file per subject: it builds what it needs, measures the gateway and the bare parts in turn, and returns figures."""
