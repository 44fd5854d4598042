"""A server's own certificate: kept in a file, renewed in time, shown on every port of the process.

The key is made once and only its certificate renewed, so that a key somebody has pinned (a QR code on a screen or a sticker) stays true.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import grpc
import structlog
from cryptography import x509

from branchgate.clock import Clock
from branchgate.errors import BranchgateError
from branchgate.identity.certificates import from_pem, renewal_due, to_pem
from branchgate.identity.keys import (
    PrivateKey,
    PublicKey,
    bundle,
    key_from_pem,
    key_to_pem,
    new_key,
    public_key_sha256,
    unbundle,
    write_private,
)
from branchgate.wire.tls import ServerCertificate, server_credentials

_LOOK_FOR_RENEWAL_S = 3600

_log = structlog.get_logger(__name__)


class ServedCertificate:
    """What this process shows, issued by `certify` in the name of `issuer`.

    `client_roots` is the one CA whose clients are taken where clients must show a certificate. The constructor reads or makes the file;
    it raises what `certify` raises when there is neither a usable certificate nor a new one to be had.
    """

    def __init__(
        self,
        file: Path,
        clock: Clock,
        certify: Callable[[PublicKey], x509.Certificate],
        *,
        issuer: x509.Certificate,
        client_roots: x509.Certificate,
    ) -> None:
        self._file = file
        self._clock = clock
        self._certify = certify
        self._issuer = issuer
        self._client_roots = client_roots
        self._key, self._shown = self._stored() or self._made(new_key())
        self.renew_if_due()

    @property
    def key_sha256(self) -> bytes:
        """SHA-256 of the DER SubjectPublicKeyInfo that clients see."""
        return public_key_sha256(self._key.public_key())

    def credentials(self, *, require_client_certificate: bool) -> grpc.ServerCredentials:
        """Credentials for one port; a renewed certificate appears on it by itself."""
        return server_credentials(lambda: self._shown, require_client_certificate=require_client_certificate)

    def renew_if_due(self) -> bool:
        """Renews from half of the certificate's life on; connections made from then on see the new one."""
        if not renewal_due(from_pem(self._shown.chain_pem)[0], self._clock.now_ms()):
            return False
        _, self._shown = self._made(self._key)
        return True

    async def keep_renewed(self) -> None:
        """Looks for a due renewal every hour until it is cancelled."""
        while True:
            await asyncio.sleep(_LOOK_FOR_RENEWAL_S)
            try:
                if self.renew_if_due():
                    _log.info("server_certificate_renewed")
            except (BranchgateError, OSError) as failure:
                _log.warning("server_certificate_not_renewed", reason=str(failure))

    def _stored(self) -> tuple[PrivateKey, ServerCertificate] | None:
        if not self._file.exists():
            return None
        key_pem, chain_pem = unbundle(self._file.read_bytes())
        key = key_from_pem(key_pem)
        if from_pem(chain_pem)[-1] != self._issuer:
            return self._made(key)
        return key, ServerCertificate(key_pem, chain_pem, to_pem(self._client_roots))

    def _made(self, key: PrivateKey) -> tuple[PrivateKey, ServerCertificate]:
        chain_pem = to_pem(self._certify(key.public_key()), self._issuer)
        key_pem = key_to_pem(key)
        write_private(self._file, bundle(key_pem, chain_pem))
        return key, ServerCertificate(key_pem, chain_pem, to_pem(self._client_roots))
