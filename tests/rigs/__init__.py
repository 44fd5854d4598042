"""Rigs that make networks, disks and clocks misbehave on purpose; the tests and the demo stand on them."""
