"""A TSE's master data (Stamm_TSE) and their bytes: the body of a TSE event."""

from __future__ import annotations

from dataclasses import dataclass

from google.protobuf.message import DecodeError

from branchgate.errors import Refused
from branchgate.tse.keys import decode_base64, point_of, serial_of
from branchgate.v1 import receipt_pb2


@dataclass(frozen=True, slots=True)
class TseMasterData:
    """What is to be known of a TSE, as in tse.csv. Key and certificate are base64; a test TSE is not `certified`."""

    tse_serial: str
    signature_algorithm: str
    log_time_format: str
    process_data_encoding: str
    public_key: str
    certificate: str
    certified: bool


def encode_master_data(data: TseMasterData) -> bytes:
    """The body of the event. Deterministic: the same TSE gives the same bytes."""
    return receipt_pb2.TseMasterData(
        tse_serial=data.tse_serial,
        signature_algorithm=data.signature_algorithm,
        log_time_format=data.log_time_format,
        process_data_encoding=data.process_data_encoding,
        public_key=data.public_key,
        certificate=data.certificate,
        certified=data.certified,
    ).SerializeToString(deterministic=True)


def decode_master_data(body: bytes) -> TseMasterData:
    """The master data in an event's body.

    Raises Refused (TSE_MASTER_DATA_UNREADABLE) when the bytes do not parse, the key is none, or the serial number is not the key's:
    nobody could tell to which TSE they belong.
    """
    try:
        message = receipt_pb2.TseMasterData.FromString(body)
    except DecodeError as failure:
        raise _unreadable("body", f"{len(body)} bytes", str(failure)) from failure
    try:
        point = point_of(decode_base64(message.public_key, "public_key"))
    except Refused as refused:
        raise _unreadable(refused.field, refused.value, refused.rule) from refused
    if message.tse_serial.lower() != serial_of(point):
        raise _unreadable("tse_serial", message.tse_serial, f"SHA-256 of the key: {serial_of(point)}")
    return TseMasterData(
        message.tse_serial,
        message.signature_algorithm,
        message.log_time_format,
        message.process_data_encoding,
        message.public_key,
        message.certificate,
        message.certified,
    )


def _unreadable(field: str, value: str, rule: str) -> Refused:
    return Refused("TSE_MASTER_DATA_UNREADABLE", field=field, value=value, rule=rule)
