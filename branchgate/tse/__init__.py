"""What a TSE signs of a receipt, the code that carries it, and whether it is true (DSFinV-K Anhang I; TR-03151; TR-03153-1).

No TSE is spoken to here: everything takes values and returns values. A receipt gives the text to sign (`process_of`), a signature gives
the code on paper (`code_of`), a code's text gives its twelve fields back (`parse_code`), and `verify_signature` says whether they were signed.
"""

from __future__ import annotations

from branchgate.tse.keys import decode_base64, encode_base64, key_from_point, point_of, serial_of
from branchgate.tse.log_message import ALGORITHMS, LogMessage, Operation, TimeFormat
from branchgate.tse.master_data import TseMasterData, decode_master_data, encode_master_data
from branchgate.tse.process_data import BESTELLUNG, KASSENBELEG, Process, order_data, process_of, receipt_data, slot_of
from branchgate.tse.qr import ReceiptCode, code_of, parse_code, utc_text
from branchgate.tse.unsigned import BOOKED_BY_GATEWAY, booked_by_gateway
from branchgate.tse.verification import Verdict, Verification, signed_message, verify_signature

__all__ = [
    "ALGORITHMS",
    "BESTELLUNG",
    "BOOKED_BY_GATEWAY",
    "KASSENBELEG",
    "LogMessage",
    "Operation",
    "Process",
    "ReceiptCode",
    "TimeFormat",
    "TseMasterData",
    "Verdict",
    "Verification",
    "booked_by_gateway",
    "code_of",
    "decode_base64",
    "decode_master_data",
    "encode_base64",
    "encode_master_data",
    "key_from_point",
    "order_data",
    "parse_code",
    "point_of",
    "process_of",
    "receipt_data",
    "serial_of",
    "signed_message",
    "slot_of",
    "utc_text",
    "verify_signature",
]
