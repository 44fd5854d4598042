"""Incidents and faults as sentences for people, German and English."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from branchgate.errors.texts import Language, sentence_for
from gateway.journal.examination import Fault
from gateway.journal.incidents import INDEX_REPAIRED, LOST, STATE_REPAIRED, Incident

DAMAGED_SHOWN = 5
"""Places of damage in the one warning about it."""


def incident_sentence(incident: Incident, language: Language) -> str:
    """One incident."""
    damage = incident.damage
    if damage is None:
        seen = str(incident.through)
        return sentence_for(incident.reason, language, field=incident.witness, value=seen, rule=incident.detail)
    places = str(damage.sequence) if damage.sequence == damage.through else f"{damage.sequence}–{damage.through}"
    return sentence_for(damage.kind.value, language, value=places, rule=damage.detail)


def fault_sentence(fault: Fault, language: Language) -> str:
    """One fault."""
    return sentence_for(fault.reason, language, field=fault.value, value=fault.value, rule=fault.rule)


def incident_warnings(open_incidents: Sequence[Incident]) -> Iterator[tuple[str, str]]:
    """Reasons of warnings with their values: one about all damage, one for each loss."""
    damaged = [damage for incident in open_incidents if (damage := incident.damage) is not None]
    if damaged:
        shown = ", ".join(str(damage.sequence) for damage in damaged[:DAMAGED_SHOWN])
        yield "WARN_JOURNAL_DAMAGED", shown + (" …" if len(damaged) > DAMAGED_SHOWN else "")
    for incident in open_incidents:
        if incident.reason == INDEX_REPAIRED:
            yield "WARN_JOURNAL_INDEX_REPAIRED", str(incident.number)
        elif incident.reason == STATE_REPAIRED:
            yield "WARN_REGISTER_STATE_REPAIRED", incident.witness
        elif incident.damage is None:
            yield _loss(incident)


def _loss(incident: Incident) -> tuple[str, str]:
    if incident.reason == LOST:
        return "WARN_JOURNAL_LOST", incident.witness
    if incident.through < incident.sequence:
        return "WARN_JOURNAL_OTHER", f"{incident.witness}: {incident.through}"
    return "WARN_JOURNAL_SHORTENED", f"{incident.witness}: {incident.through} > {incident.sequence - 1}"
