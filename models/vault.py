"""The identity vault: encrypted columns and keyed hashes. The key is handed in once at the edge (``VAULT_KEY``)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import unicodedata

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

from models.errors import DomainError
from models.terms import N_

_keys: dict[str, bytes] = {}
_MOBILE = re.compile("1[0-9]{10}")


def configure(key: str) -> None:
    """Set the vault's key. Any non-empty text; the encryption and hashing keys are derived from it."""
    if not key:
        raise ValueError("VAULT_KEY is empty")
    _keys["encrypt"] = hashlib.sha256(b"encrypt:" + key.encode()).digest()
    _keys["hash"] = hashlib.sha256(b"hash:" + key.encode()).digest()


def _key(purpose: str) -> bytes:
    try:
        return _keys[purpose]
    except KeyError:
        raise DomainError(N_("The identity vault has no key: set VAULT_KEY.")) from None


def keyed_hash(plain: str) -> str:
    """64 hex digits that find the same text again without revealing it."""
    return hmac.new(_key("hash"), plain.encode(), hashlib.sha256).hexdigest()


def phone_hash(value: str | None) -> str | None:
    """The hash of a phone number however it is written: 138-0000-0000, +86 138 0000 0000, full-width digits.

    None for what is no number ("unknown", all zeros): else all who left none would look like one person.
    """
    text = unicodedata.normalize("NFKC", value or "")
    digits = "".join(c for c in text if c in "0123456789")
    abroad = text.strip().startswith("+") or digits.startswith("00")
    digits = digits.removeprefix("00") if abroad else digits
    if digits.startswith("86") and (abroad or _MOBILE.fullmatch(digits[2:])):
        digits = digits[2:] if _MOBILE.fullmatch(digits[2:]) else "0" + digits[2:].lstrip("0")
    return keyed_hash(digits) if len(digits) >= 7 and len(set(digits)) > 1 else None


def id_hash(value: str | None) -> str | None:
    """The hash of an ID number however it is written: spaces, dashes, full width, a small x; None for what is none.

    The 15 digits of cards issued before 1999 are the same person's 18 (GB 11643: the century, a check digit).
    """
    plain = "".join(c for c in unicodedata.normalize("NFKC", value or "").upper() if c.isascii() and c.isalnum())
    if len(plain) == 15 and plain.isdecimal():
        plain = plain[:6] + "19" + plain[6:]
        plain += "10X98765432"[sum(int(c) * 2 ** (17 - n) for n, c in enumerate(plain)) % 11]
    return keyed_hash(plain) if len(plain) >= 6 and len(set(plain)) > 1 else None


class Sealed(TypeDecorator[str]):
    """Text that is stored encrypted; cannot be searched or sorted."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return Fernet(base64.urlsafe_b64encode(_key("encrypt"))).encrypt(value.encode()).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        try:
            return Fernet(base64.urlsafe_b64encode(_key("encrypt"))).decrypt(value.encode()).decode()
        except InvalidToken:
            raise DomainError(N_("The identity vault cannot be opened with this VAULT_KEY.")) from None
