"""Every paper is PDF/A-3 as far as rules can be asked, signed where wanted, and the same bytes when drawn again."""

from __future__ import annotations

import asyncio
import io
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.keys import load_certs_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from sqlalchemy.orm import Session

from models.errors import DomainError
from reports import signing
from reports.printing import PLAIN, Style
from tests.reports.papers import PAPERS, drawn, printed
from tests.reports.test_golden import county

pytestmark = pytest.mark.slow

__all__ = ["county"]  # the fixture
TAGGED = Style(tagged=True)
CASES = [(name, lang, style) for name in PAPERS for lang in ("zh", "en") for style in (PLAIN, TAGGED)]


def fonts(paper: pikepdf.Pdf) -> list[Any]:
    """All font dictionaries that carry glyphs, descendants of composite ones included."""
    return [one for one in paper.objects if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/Font"]


@pytest.mark.parametrize(("name", "lang", "style"), CASES)
def test_the_paper_keeps_the_rules_of_pdf_a(
    county: Session, name: str, lang: str, style: Style, tmp_path: Path
) -> None:
    body = drawn(name, county, lang, style)
    with pikepdf.open(io.BytesIO(body)) as paper:
        root: Any = paper.Root
        assert paper.check_pdf_syntax() == []
        assert paper.trailer.ID
        assert "/Encrypt" not in paper.trailer
        with paper.open_metadata() as about:
            assert about.pdfa_status == ("3A" if style.tagged else "3U")
            assert about.get("pdfuaid:part") == ("1" if style.tagged else None)
            assert about["dc:title"]
        intent = root.OutputIntents[0]
        assert (intent.S, len(intent.DestOutputProfile.read_bytes()) > 1000) == ("/GTS_PDFA1", True)
        assert str(root.Lang) == ("zh-CN" if lang == "zh" else "en")
        assert root.Outlines.Count != 0
        every = fonts(paper)
        assert every
        for font in every:
            described = font.get("/FontDescriptor")
            if described is not None:
                assert any(key in described for key in ("/FontFile", "/FontFile2", "/FontFile3")), font
            elif font.Subtype == "/Type0":
                assert font.ToUnicode.read_bytes(), "no text can be taken out"
        files = {str(spec.UF): spec for spec in root.AF}
        assert len(files) == len(root.AF) == len(paper.attachments)
        assert {name.rsplit(".")[1] for name in files} == {"csv", "json"}
        assert {str(spec.AFRelationship) for spec in files.values()} == {"/Data"}
        for forbidden in ("/AcroForm", "/OpenAction", "/AA"):
            assert forbidden not in root
        assert not [one for one in paper.objects if isinstance(one, pikepdf.Dictionary) and "/JS" in one]
        assert ("/StructTreeRoot" in root and bool(root.MarkInfo.Marked)) is style.tagged
        if style.tagged:
            assert bool(root.ViewerPreferences.DisplayDocTitle)
    if shutil.which("qpdf"):  # else pikepdf's own check above, which is the same code without the command
        file = tmp_path / "paper.pdf"
        file.write_bytes(body)
        assert subprocess.run(["qpdf", "--check", file], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("name", PAPERS)
def test_drawn_again_it_is_the_same_file(county: Session, name: str) -> None:
    for style in (PLAIN, TAGGED):
        assert printed(name, county, "zh", style) == drawn(name, county, "zh", style)


@pytest.fixture(scope="module")
def seal(tmp_path_factory: pytest.TempPathFactory) -> tuple[signing.Seal, bytes]:
    """A certificate that nobody but this test trusts, and the certificate alone."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "清源县信访局")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(7).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=30))
    usage = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "crl_sign", "encipher_only", "decipher_only"), False
    )
    made = made.add_extension(
        x509.KeyUsage(digital_signature=True, content_commitment=True, key_cert_sign=True, **usage), critical=True
    )
    certificate = made.sign(key, hashes.SHA256())
    file = tmp_path_factory.mktemp("seal") / "county.p12"
    lock = BestAvailableEncryption(b"open sesame")
    file.write_bytes(pkcs12.serialize_key_and_certificates(b"county", key, certificate, None, lock))
    return signing.Seal(str(file), "open sesame"), certificate.public_bytes(Encoding.PEM)


def judged(body: bytes, pem: bytes, folder: Path) -> Any:
    file = folder / "root.pem"
    file.write_bytes(pem)
    trust = ValidationContext(trust_roots=list(load_certs_from_pemder([str(file)])))
    found = PdfFileReader(io.BytesIO(body)).embedded_signatures
    assert len(found) == 1
    with ThreadPoolExecutor(1) as aside:  # the validator starts an event loop; the browser's tests leave one running
        return aside.submit(validate_pdf_signature, found[0], trust).result()


def test_a_signed_paper_is_valid_and_a_flipped_byte_is_found(
    county: Session, seal: tuple[signing.Seal, bytes], tmp_path: Path
) -> None:
    body = printed("unit", county, "zh", Style(seal=seal[0]))
    plain = drawn("unit", county, "zh")
    assert body.startswith(plain)  # signing is the last step: it adds and changes nothing
    status = judged(body, seal[1], tmp_path)
    assert (status.intact, status.valid, status.trusted) == (True, True, True)
    assert status.bottom_line
    at = len(plain) // 2
    flipped = body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]
    assert not judged(flipped, seal[1], tmp_path).intact
    if shutil.which("pdfsig"):
        for content, verdict in ((body, "Signature is Valid."), (flipped, "Digest Mismatch.")):
            file = tmp_path / "signed.pdf"
            file.write_bytes(content)
            told = subprocess.run(["pdfsig", "-nocert", file], capture_output=True, text=True, check=False).stdout
            assert verdict in told


def test_signing_waits_for_no_event_loop(county: Session, seal: tuple[signing.Seal, bytes]) -> None:
    async def inside() -> bytes:
        return printed("register", county, "en", Style(seal=seal[0]))

    with ThreadPoolExecutor(1) as aside:
        assert aside.submit(asyncio.run, inside()).result().startswith(drawn("register", county, "en"))


def test_a_signed_paper_is_still_pdf_a(county: Session, seal: tuple[signing.Seal, bytes]) -> None:
    with pikepdf.open(io.BytesIO(printed("register", county, "zh", Style(seal=seal[0])))) as paper:
        assert paper.check_pdf_syntax() == []
        with paper.open_metadata() as about:
            assert about.pdfa_status == "3U"
        assert len(paper.attachments) == 2


def test_a_certificate_that_cannot_be_used_is_said(
    county: Session, seal: tuple[signing.Seal, bytes], tmp_path: Path
) -> None:
    for bad, told in (
        (signing.Seal(str(tmp_path / "none.p12"), ""), "SIGN_CERTIFICATE"),
        (signing.Seal(seal[0].certificate, "wrong"), "SIGN_PASSPHRASE"),
    ):
        with pytest.raises(DomainError, match=told):
            printed("register", county, "zh", Style(seal=bad))
