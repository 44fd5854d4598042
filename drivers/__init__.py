"""Devices of a branch: receipt printers and cash drawers, and the wires they hang on.

The rule of this room: it imports nothing of ours. It is a library of its own with dataclasses at its edge, so it can drive
a printer from a shell just as well as from the gateway. Whoever uses it passes in the clock, the ledger and the address.

* `drivers.transport`: bytes in and out of one device, counted honestly.
* `drivers.escpos`: the language of receipt printers: composing, status tables, reply parser. No I/O.
* `drivers.printing`: the print-job state machine (no I/O) and the one task that owns a printer.
* `drivers.display`, `drivers.scale`: languages of customer displays and scales (no I/O), and the task that owns each.
* `drivers.virtual`: a printer made of software, with faults on request.
"""
