"""Figures of the gateway beside those of its bare parts, measured side by side in one run.

Ratios are what counts: absolute figures belong to a machine. Every subject is a file of its own in `subjects/`.
"""
