"""The county's electronic signature on a finished paper (PAdES): the last step, and only where a certificate is set."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from models.errors import DomainError
from models.terms import N_

FIELD = "Signature"


@dataclass(frozen=True, slots=True)
class Seal:
    """The certificate with its key (PKCS #12) and the passphrase that opens it."""

    certificate: str
    passphrase: str


@cache
def _signer(seal: Seal, _changed: int) -> Any:
    from pyhanko.sign import signers  # a second of import: only where papers are signed

    data = Path(seal.certificate).read_bytes()
    return signers.SimpleSigner.load_pkcs12_data(data, other_certs=[], passphrase=seal.passphrase.encode())


def signed(body: bytes, seal: Seal | None, reason: str) -> bytes:
    """The paper with an invisible signature; without a certificate the paper as it is.

    Raises:
        DomainError: the certificate cannot be read or opened.
    """
    if seal is None:
        return body
    try:
        signer = _signer(seal, Path(seal.certificate).stat().st_mtime_ns)
    except OSError as error:
        raise DomainError(N_("The certificate for signing cannot be read: set SIGN_CERTIFICATE anew.")) from error
    except ValueError as error:
        raise DomainError(N_("The certificate for signing cannot be opened: set SIGN_PASSPHRASE anew.")) from error
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    about = signers.PdfSignatureMetadata(
        field_name=FIELD, reason=reason, subfilter=fields.SigSeedSubFilter.PADES, md_algorithm="sha256"
    )
    with ThreadPoolExecutor(1) as aside:  # pyHanko starts an event loop, and the caller may be inside of one already
        made: Any = aside.submit(
            signers.sign_pdf, IncrementalPdfFileWriter(io.BytesIO(body)), about, signer=signer
        ).result()
    return bytes(made.getvalue())
