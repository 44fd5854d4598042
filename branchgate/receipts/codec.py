"""The receipt as the body of a RECEIPT event and back.

Bodies travel and are stored verbatim, so encoding happens once, at the register.
"""

from __future__ import annotations

from google.protobuf.message import DecodeError

from branchgate.errors import Refused
from branchgate.receipts.model import (
    BusinessCase,
    Line,
    Payment,
    PaymentType,
    Receipt,
    ReceiptType,
    Reference,
    TseSignature,
)
from branchgate.v1 import receipt_pb2
from branchgate.vat import VatSum


def encode_receipt(receipt: Receipt) -> bytes:
    """The body of the receipt's event. Deterministic: the same receipt gives the same bytes."""
    message = receipt_pb2.Receipt(
        receipt_number=receipt.receipt_number,
        running_number=receipt.running_number,
        type=receipt_pb2.ReceiptType.ValueType(receipt.type),
        type_name=receipt.type_name,
        started_at_ms=receipt.started_at_ms,
        finished_at_ms=receipt.finished_at_ms,
        user_id=receipt.user_id,
        user_name=receipt.user_name,
        lines=[_line_message(line) for line in receipt.lines],
        vat_sums=[
            receipt_pb2.VatSum(
                vat_key=vat.vat_key,
                vat_rate_basis_points=vat.vat_rate_basis_points,
                gross_cents=vat.gross_cents,
                net_cents=vat.net_cents,
                vat_cents=vat.vat_cents,
            )
            for vat in receipt.vat_sums
        ],
        payments=[
            receipt_pb2.Payment(
                type=receipt_pb2.PaymentType.ValueType(payment.type),
                name=payment.name,
                amount_cents=payment.amount_cents,
                currency=payment.currency,
                foreign_amount=payment.foreign_amount,
            )
            for payment in receipt.payments
        ],
        total_cents=receipt.total_cents,
        cash_given_cents=receipt.cash_given_cents,
        change_cents=receipt.change_cents,
        references=[
            receipt_pb2.ReceiptReference(
                event_id=reference.event_id,
                register_id=reference.register_id,
                receipt_number=reference.receipt_number,
            )
            for reference in receipt.references
        ],
        tse=_tse_message(receipt.tse),
        note=receipt.note,
        reverses_receipt=receipt.reverses_receipt,
    )
    return message.SerializeToString(deterministic=True)


def decode_receipt(body: bytes) -> Receipt:
    """The receipt in an event's body. Raises Refused (RECEIPT_UNREADABLE) when the bytes do not parse or an enum is unknown."""
    try:
        message = receipt_pb2.Receipt.FromString(body)
        return Receipt(
            message.receipt_number,
            message.running_number,
            ReceiptType(message.type),
            message.started_at_ms,
            message.finished_at_ms,
            message.user_id,
            message.user_name,
            tuple([_line(line) for line in message.lines]),
            tuple(
                [
                    VatSum(vat.vat_key, vat.vat_rate_basis_points, vat.gross_cents, vat.net_cents, vat.vat_cents)
                    for vat in message.vat_sums
                ]
            ),
            tuple(
                [
                    Payment(PaymentType(pay.type), pay.amount_cents, pay.name, pay.currency, pay.foreign_amount)
                    for pay in message.payments
                ]
            ),
            message.total_cents,
            message.type_name,
            message.cash_given_cents,
            message.change_cents,
            tuple([Reference(ref.register_id, ref.receipt_number, ref.event_id) for ref in message.references]),
            _tse(message.tse) if message.HasField("tse") else None,
            message.note,
            message.reverses_receipt,
        )
    except DecodeError as failure:
        raise Refused("RECEIPT_UNREADABLE", field="body", value=f"{len(body)} bytes", rule=str(failure)) from failure
    except ValueError as failure:
        raise Refused("RECEIPT_UNREADABLE", field="body", value=f"{len(body)} bytes", rule=str(failure)) from failure


def _line_message(line: Line) -> receipt_pb2.ReceiptLine:
    return receipt_pb2.ReceiptLine(
        line_number=line.line_number,
        business_case=receipt_pb2.BusinessCase.ValueType(line.business_case),
        article_number=line.article_number,
        gtin=line.gtin,
        text=line.text,
        quantity_thousandths=line.quantity_thousandths,
        unit=line.unit,
        unit_price=line.unit_price,
        gross_cents=line.gross_cents,
        vat_key=line.vat_key,
        vat_rate_basis_points=line.vat_rate_basis_points,
        category_key=line.category_key,
        category_name=line.category_name,
        voided=line.voided,
    )


def _line(message: receipt_pb2.ReceiptLine) -> Line:
    return Line(
        message.line_number,
        BusinessCase(message.business_case),
        message.text,
        message.quantity_thousandths,
        message.unit_price,
        message.gross_cents,
        message.vat_key,
        message.vat_rate_basis_points,
        message.unit,
        message.article_number,
        message.gtin,
        message.category_key,
        message.category_name,
        message.voided,
    )


def _tse_message(tse: TseSignature | None) -> receipt_pb2.TseSignature | None:
    if tse is None:
        return None
    return receipt_pb2.TseSignature(
        tse_serial=tse.tse_serial,
        transaction_number=tse.transaction_number,
        signature_counter=tse.signature_counter,
        started_at_ms=tse.started_at_ms,
        finished_at_ms=tse.finished_at_ms,
        signature=tse.signature,
        process_type=tse.process_type,
        process_data=tse.process_data,
        failure=tse.failure,
    )


def _tse(message: receipt_pb2.TseSignature) -> TseSignature:
    return TseSignature(
        message.tse_serial,
        message.transaction_number,
        message.signature_counter,
        message.started_at_ms,
        message.finished_at_ms,
        message.signature,
        message.process_type,
        message.process_data,
        message.failure,
    )
