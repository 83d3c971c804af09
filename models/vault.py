"""The identity vault: encrypted columns and keyed hashes. The key is handed in once at the edge (``VAULT_KEY``)."""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

from models.errors import DomainError
from models.terms import N_

_keys: dict[str, bytes] = {}


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


def keyed_hash(value: str) -> str:
    """64 hex digits that find the same ID or phone number again without revealing it; spaces do not count."""
    plain = value.replace(" ", "").replace("-", "").upper()
    return hmac.new(_key("hash"), plain.encode(), hashlib.sha256).hexdigest()


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
