"""What both ends of a branch gateway share, and what integrators import.

Money and VAT, receipts, events, ids, errors, sync and pairing sessions; `branchgate.v1` holds the generated stubs of the contract in
`protos/`, `branchgate.register` the client library and the reference till. This package imports nothing of drivers, gateway or central.
"""

from __future__ import annotations

__version__ = "0.1.0"
