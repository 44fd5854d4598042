"""The receipt as the body of a RECEIPT event and back.

Bodies travel and are stored verbatim, so encoding happens once, at the register.
"""

from __future__ import annotations

from google.protobuf.message import DecodeError

from branchgate.errors import Refused
from branchgate.receipts.model import (
    BusinessCase,
    Customer,
    Line,
    Payment,
    PaymentType,
    PriceStep,
    PriceStepType,
    Receipt,
    ReceiptType,
    Reference,
    ReferenceType,
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
        lines=[line_message(line) for line in receipt.lines],
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
        references=[_reference_message(reference) for reference in receipt.references],
        tse=_tse_message(receipt.tse),
        note=receipt.note,
        reverses_receipt=receipt.reverses_receipt,
        customer=customer_message(receipt.customer),
        parked_id=receipt.parked_id,
        allocation_group=receipt.allocation_group,
        first_order_at_ms=receipt.first_order_at_ms,
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
            tuple([line_of(line) for line in message.lines]),
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
            tuple([_reference(ref) for ref in message.references]),
            _tse(message.tse) if message.HasField("tse") else None,
            message.note,
            message.reverses_receipt,
            customer_of(message.customer) if message.HasField("customer") else None,
            message.parked_id,
            message.allocation_group,
            message.first_order_at_ms,
        )
    except DecodeError as failure:
        raise Refused("RECEIPT_UNREADABLE", field="body", value=f"{len(body)} bytes", rule=str(failure)) from failure
    except ValueError as failure:
        raise Refused("RECEIPT_UNREADABLE", field="body", value=f"{len(body)} bytes", rule=str(failure)) from failure


def line_message(line: Line) -> receipt_pb2.ReceiptLine:
    """A line as a message."""
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
        voucher_number=line.voucher_number,
        business_case_name=line.business_case_name,
        applies_to_line=line.applies_to_line,
        price_steps=[
            receipt_pb2.PriceStep(type=receipt_pb2.PriceStepType.ValueType(step.type), unit_price=step.unit_price)
            for step in line.price_steps
        ],
    )


def line_of(message: receipt_pb2.ReceiptLine) -> Line:
    """A line from a message. Raises ValueError for a number that stands for nothing."""
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
        message.voucher_number,
        message.business_case_name,
        message.applies_to_line,
        tuple([PriceStep(PriceStepType(step.type), step.unit_price) for step in message.price_steps]),
    )


def customer_message(customer: Customer | None) -> receipt_pb2.Customer | None:
    """A customer as a message."""
    if customer is None:
        return None
    return receipt_pb2.Customer(
        customer_id=customer.customer_id,
        kind=customer.kind,
        name=customer.name,
        street=customer.street,
        postcode=customer.postcode,
        town=customer.town,
        country=customer.country,
        vat_id=customer.vat_id,
    )


def customer_of(message: receipt_pb2.Customer) -> Customer:
    """A customer from a message."""
    return Customer(
        message.customer_id,
        message.kind,
        message.name,
        message.street,
        message.postcode,
        message.town,
        message.country,
        message.vat_id,
    )


def _reference_message(reference: Reference) -> receipt_pb2.ReceiptReference:
    return receipt_pb2.ReceiptReference(
        event_id=reference.event_id,
        register_id=reference.register_id,
        receipt_number=reference.receipt_number,
        type=receipt_pb2.ReferenceType.ValueType(reference.type),
        name=reference.name,
        at_ms=reference.at_ms,
        line_number=reference.line_number,
    )


def _reference(message: receipt_pb2.ReceiptReference) -> Reference:
    # A register that does not tell the type refers to a receipt of the branch.
    kind = ReferenceType(message.type) if message.type else ReferenceType.TRANSAKTION
    return Reference(
        message.register_id,
        message.receipt_number,
        message.event_id,
        kind,
        message.name,
        message.at_ms,
        message.line_number,
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
        signature_algorithm=tse.signature_algorithm,
        log_time_format=tse.log_time_format,
        public_key=tse.public_key,
        outage_since_ms=tse.outage_since_ms,
        uncertified=tse.uncertified,
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
        message.signature_algorithm,
        message.log_time_format,
        message.public_key,
        message.outage_since_ms,
        message.uncertified,
    )
