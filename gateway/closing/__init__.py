"""X reports and closings: per register, gap-free, at most one Z for a period however often and from wherever it is asked for."""
