"""The software TSE as a register's signer: start and finish back to back, as most tills do."""

from __future__ import annotations

from branchgate.receipts.model import Receipt, TseSignature
from branchgate.tse import TseMasterData, process_of
from tests.rigs.tse.software import SoftwareTse


class SoftwareSigner:
    """Signs receipts of one register by a software TSE."""

    def __init__(self, tse: SoftwareTse, client_id: str = "KASSE-1") -> None:
        self.tse = tse
        self._client_id = client_id

    async def sign(self, receipt: Receipt) -> TseSignature:
        """What the TSE says of the receipt. Raises what the TSE raises."""
        process = process_of(receipt)
        started = await self.tse.start(self._client_id)
        finished = await self.tse.finish(self._client_id, started.transaction_number, *process)
        data = self.tse.master_data()
        return TseSignature(
            tse_serial=data.tse_serial,
            transaction_number=finished.transaction_number,
            signature_counter=finished.signature_counter,
            started_at_ms=started.logged_at_ms,
            finished_at_ms=finished.logged_at_ms,
            signature=finished.signature,
            process_type=process.type,
            process_data=process.data,
            signature_algorithm=data.signature_algorithm,
            log_time_format=data.log_time_format,
            public_key=data.public_key,
            uncertified=not data.certified,
        )

    async def master_data(self) -> TseMasterData:
        """What is to be known of the TSE."""
        return self.tse.master_data()
