"""What people read: German first, English beside it. Codes stay as they are, because programs and support go by them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from drivers.discovery import Kind
from drivers.drawer import DrawerState
from drivers.errors import Reason
from drivers.printing.states import JobState

REASONS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        Reason.ADDRESS_INVALID: ("die Adresse ist falsch geschrieben", "the address is not written correctly"),
        Reason.ANSWER_OVERDUE: ("die Antwort blieb aus", "the answer did not come"),
        Reason.CANCELLED: ("abgebrochen", "cancelled"),
        Reason.CONNECTION_REFUSED: (
            "nimmt keine Verbindung an: aus, falsche Adresse oder von anderen benutzt",
            "takes no connection: off, wrong address or in use by others",
        ),
        Reason.CONNECTION_TIMEOUT: ("nicht erreichbar", "cannot be reached"),
        Reason.COVER_OPEN: ("Deckel offen", "cover open"),
        Reason.CUTTER_ERROR: ("Messer klemmt", "cutter is jammed"),
        Reason.DEVICE_ABSENT: ("nicht angeschlossen oder aus", "not plugged in, or off"),
        Reason.DEVICE_AMBIGUOUS: (
            "mehrere Geräte passen; Seriennummer oder Anschluss angeben",
            "several devices match; name the serial number or the port",
        ),
        Reason.DOCUMENT_UNPRINTABLE: ("so nicht druckbar", "cannot be printed like this"),
        Reason.DRAWER_ALREADY_OPEN: ("war schon offen", "was open already"),
        Reason.DRAWER_DID_NOT_MOVE: (
            "hat sich nicht bewegt: abgeschlossen oder nicht angeschlossen",
            "did not move: locked or not connected",
        ),
        Reason.DRAWER_LEVEL_CONTRADICTED: (
            "der Sensor widerspricht dem eingestellten Pegel",
            "the sensor contradicts the configured level",
        ),
        Reason.DRAWER_LEVEL_UNKNOWN: ("welcher Pegel offen heißt, ist unbekannt", "which level means open is unknown"),
        Reason.DRAWER_SENSOR_DEAD: ("der Sensor ändert sich nie", "the sensor never changes"),
        Reason.DRAWER_WITHOUT_SENSOR: ("ohne Sensor eingestellt", "configured without a sensor"),
        Reason.EXPIRED: ("zu spät, nicht mehr ausgeführt", "too late, not carried out"),
        Reason.HEAD_HOT: ("Druckkopf zu heiß, geht von selbst weiter", "print head too hot, goes on by itself"),
        Reason.HOST_UNKNOWN: ("den Rechnernamen kennt niemand", "nobody knows the host name"),
        Reason.LIBRARY_MISSING: ("libusb fehlt auf diesem Rechner", "libusb is missing on this machine"),
        Reason.LINK_LOST: ("Verbindung abgerissen", "connection lost"),
        Reason.NO_ANSWER: ("antwortet nicht", "does not answer"),
        Reason.NO_PRINTER_INTERFACE: ("dieses USB-Gerät ist kein Drucker", "this USB device is no printer"),
        Reason.NOT_CONNECTED: ("nicht verbunden", "not connected"),
        Reason.NOT_READING: ("nimmt nichts an", "takes nothing"),
        Reason.PAPER_OUT: ("Papier leer", "paper out"),
        Reason.PERMISSION_DENIED: (
            "keine Rechte: Benutzer in die Gruppen lp und dialout aufnehmen",
            "no permission: put the user into the groups lp and dialout",
        ),
        Reason.PORT_IN_USE: ("wird von einem anderen Programm benutzt", "in use by another program"),
        Reason.PRINTER_ERROR: ("Fehler am Drucker", "printer error"),
        Reason.PRINTER_OFFLINE: ("Drucker ist offline", "printer is offline"),
        Reason.RESTARTED: ("unterbrochen durch Neustart", "interrupted by a restart"),
        Reason.SCALE_ERROR: ("Fehler an der Waage", "scale error"),
        Reason.SCALE_IN_MOTION: ("die Waage ist noch in Bewegung", "the scale is still moving"),
        Reason.SCALE_OVER_CAPACITY: ("zu schwer für die Waage", "too heavy for the scale"),
        Reason.SCALE_UNDER_ZERO: ("unter null", "under zero"),
        Reason.SCALE_ZERO_NEEDED: ("die Waage muss auf null gestellt werden", "the scale must be set to zero"),
    }
)

KINDS: Final[Mapping[Kind, tuple[str, str]]] = MappingProxyType(
    {
        Kind.PRINTER: ("Bondrucker", "receipt printer"),
        Kind.SERIAL_LINE: ("serieller Anschluss", "serial line"),
        Kind.INPUT: ("Tastatur oder Scanner", "keyboard or scanner"),
        Kind.UNKNOWN: ("unbekanntes Gerät", "unknown device"),
    }
)

JOBS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        JobState.PRINTED: ("gedruckt, vom Drucker bestätigt", "printed, confirmed by the printer"),
        JobState.SENT_UNVERIFIED: (
            "gesendet; dieser Drucker bestätigt nichts, bitte nachsehen",
            "sent; this printer confirms nothing, please look",
        ),
        JobState.UNCERTAIN: ("ungewiss, bitte nachsehen", "uncertain, please look"),
        JobState.BLOCKED: ("nicht gesendet", "not sent"),
        JobState.QUEUED: ("nicht gesendet", "not sent"),
        JobState.PREFLIGHT: ("nicht gesendet", "not sent"),
        JobState.SENDING: ("noch unterwegs, bitte nachsehen", "still under way, please look"),
        JobState.AWAITING: ("gesendet, noch nicht bestätigt; bitte nachsehen", "sent, not yet confirmed; please look"),
        JobState.WAITING_PRINTER: (
            "liegt im Drucker und wartet; bitte nachsehen",
            "is inside the printer and waits; please look",
        ),
        JobState.CANCELLED_CLEAN: ("nicht gedruckt", "not printed"),
        JobState.PARTIAL: ("nur zum Teil gedruckt", "only partly printed"),
    }
)

DRAWERS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        DrawerState.OPEN_REQUESTED: ("noch nicht ausgeführt", "not carried out yet"),
        DrawerState.OPENED: ("Lade ist offen", "drawer is open"),
        DrawerState.NOT_OPENED: ("Lade ging nicht auf", "drawer did not open"),
        DrawerState.UNKNOWN: (
            "Impuls gesendet; ob sie aufging, weiß niemand",
            "pulse sent; nobody knows whether it opened",
        ),
    }
)

FACTS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "online": ("online", "online"),
        "cover_open": ("Deckel offen", "cover open"),
        "paper_out": ("Papier leer", "paper out"),
        "near_end": ("Papier fast leer", "paper near end"),
        "drawer_open": ("Lade offen", "drawer open"),
        "error": ("Fehler", "error"),
        "cutter_error": ("Messer klemmt", "cutter jammed"),
        "head_hot": ("Druckkopf heiß", "head hot"),
        "confirms_prints": ("bestätigt Drucke", "confirms prints"),
    }
)

OVER: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "cover_open": ("Deckel zu", "cover shut"),
        "paper_out": ("Papier eingelegt", "paper is in"),
        "near_end": ("Papier nicht mehr knapp", "paper no longer near its end"),
        "drawer_open": ("Lade zu", "drawer shut"),
        "cutter_error": ("Messer wieder frei", "cutter free again"),
        "head_hot": ("Druckkopf abgekühlt", "head has cooled down"),
    }
)
"""What a fact is called that is over."""

VALUES: Final[Mapping[bool | None, tuple[str, str]]] = MappingProxyType(
    {True: ("ja", "yes"), False: ("nein", "no"), None: ("unbekannt", "unknown")}
)


def both(pair: tuple[str, str]) -> str:
    """The German and the English of it."""
    german, english = pair
    return german if german == english else f"{german} / {english}"


def because(reason: Reason | None) -> str:
    """A cause with its code, which is what support asks for."""
    if reason is None:
        return both(VALUES[None])
    pair = REASONS.get(reason)
    return f"{both(pair)} [{reason}]" if pair else f"[{reason}]"


def told(pair: tuple[str, str], code: str = "") -> str:
    """A whole sentence on a line of its own for each language, the code at the end."""
    german, english = pair
    return f"{german}\n  {english}" + (f" [{code}]" if code else "")


def told_cause(reason: Reason) -> str:
    """Like `because`, on a line of its own for each language."""
    return told(REASONS[reason], reason) if reason in REASONS else f"[{reason}]"


def shown(text: str) -> str:
    """A text from a device: a terminal's control sequences in a name do nothing here."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
