"""Recording: events of registers are judged, journaled and settled; findings are kept, nothing that happened is thrown away."""

from __future__ import annotations

from gateway.recording.judging import Rules
from gateway.recording.message import Recording
from gateway.recording.model import EventFindings, EventToRecord, Greeting, ParkedEnd, Recorded, RefusedEvent
from gateway.recording.recorder import Admission, Recorder
from gateway.recording.transaction import ParkedEnds, PrintWish

__all__ = [
    "Admission",
    "EventFindings",
    "EventToRecord",
    "Greeting",
    "ParkedEnd",
    "ParkedEnds",
    "PrintWish",
    "Recorded",
    "Recorder",
    "Recording",
    "RefusedEvent",
    "Rules",
]
