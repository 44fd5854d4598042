"""Disks that fail on purpose: power that goes, room that runs out, a file system that turns read-only, bytes that rot."""
