"""QR codes made by the printer: the functions of GS ( k with cn = 49.

After the Epson ESC/POS reference, GS ( k functions 165 to 181.
"""

from __future__ import annotations

from typing import Final

import qrcode
from qrcode.exceptions import DataOverflowError

from drivers.virtual.barcodes import NotEncodable
from drivers.virtual.paper import Placement, QrCode

QR: Final = 49
MODULE_SIZE, CORRECTION_LEVEL, STORE, PRINT = 67, 69, 80, 81
LEVELS: Final = {48: "L", 49: "M", 50: "Q", 51: "H"}
CORRECTION: Final = {
    "L": qrcode.constants.ERROR_CORRECT_L,
    "M": qrcode.constants.ERROR_CORRECT_M,
    "Q": qrcode.constants.ERROR_CORRECT_Q,
    "H": qrcode.constants.ERROR_CORRECT_H,
}


class QrStore:
    """The symbol being prepared: size, correction level and stored data."""

    def __init__(self) -> None:
        self._module = 3
        self._level = "L"
        self._payload = b""

    def function(self, body: bytes, placement: Placement) -> QrCode | None:
        """Take `k pL pH cn fn ...`; return a symbol when it is to be printed. Raises `NotEncodable`."""
        if len(body) < 6 or body[3] != QR:
            raise NotEncodable(f"symbol type {body[3:4].hex()} is not supported")
        function, parameters = body[4], body[5:]
        if function == MODULE_SIZE:
            self._module = min(16, max(1, parameters[0]))
        elif function == CORRECTION_LEVEL:
            self._level = LEVELS.get(parameters[0], self._level)
        elif function == STORE:
            self._payload = parameters[1:]
        elif function == PRINT and self._payload:
            return QrCode(self._payload, self._level, self._version(), self._module, placement)
        return None

    def _version(self) -> int:
        """The smallest version that holds the data; it gives the size without the costly search for a mask."""
        code = qrcode.QRCode(error_correction=CORRECTION[self._level])
        code.add_data(self._payload)
        try:
            return int(code.best_fit(start=1))
        except (DataOverflowError, ValueError) as cause:
            raise NotEncodable(f"{len(self._payload)} bytes do not fit a QR code") from cause
