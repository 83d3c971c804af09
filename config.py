"""Settings, from the environment only. Imports nothing of ours; ``docs/settings.md`` is written from ``SETTINGS``."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ROOT = Path(__file__).resolve().parent
INSTANCE = ROOT / "instance"
KNOWN = frozenset({"secret", "changeme", "change-me", "dev", "test", "default", "shoujie", "password"})
SHORTEST = 16
LOCALES = ("zh_Hans_CN", "en")
NUMBERS = ("FILE_MB", "FILES_AT_ONCE", "UPLOAD_MB", "SESSION_IDLE", "SESSION_HOURS")


class SettingsError(Exception):
    """The settings do not allow a start; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable: default (empty: none) and what it does."""

    name: str
    default: str
    text: str


SETTINGS = (
    Setting("DATABASE_URL", "", "SQLAlchemy address. Unset: SQLite in `instance/`. Set: production, secrets required."),
    Setting("SECRET_KEY", "", "Signs sessions and tokens. Unset with SQLite: made at random and kept in `instance/`."),
    Setting("VAULT_KEY", "", "Opens the identity vault. Losing it loses every petitioner's identity. As SECRET_KEY."),
    Setting("BASE_URL", "", "The public address, e.g. `https://petitions.example.org`: its host alone is answered."),
    Setting("TIMEZONE", "Asia/Shanghai", "The county's time zone; every day is counted in it."),
    Setting("DEFAULT_LOCALE", "zh_Hans_CN", "Language before the user chose one: `zh_Hans_CN` or `en`."),
    Setting("COUNTY_NAME", "清源县", "Shown in the page head and on every paper."),
    Setting(
        "COUNTY_NAME_EN",
        "",
        "The same in English. Unset: `Qingyuan County` for the demo, COUNTY_NAME where it is in Latin letters, "
        "else `County`.",
    ),
    Setting("RED_HEAD", "", "In red on top of the county's notice, e.g. `清源县信访局文件`. Unset: no red head."),
    Setting("SIGN_CERTIFICATE", "", "File (PKCS #12) with the certificate that signs papers. Unset: unsigned."),
    Setting("SIGN_PASSPHRASE", "", "Opens the certificate of SIGN_CERTIFICATE."),
    Setting("SESSION_IDLE", "60", "After how many minutes a login that nobody used has to be repeated."),
    Setting("SESSION_HOURS", "12", "After how many hours any login has to be repeated; of the API as well."),
    Setting("PROXIES", "0", "How many proxies stand before the console: whose word on the caller's address counts."),
    Setting("HOST", "127.0.0.1", "Address that `run.py serve` listens on."),
    Setting("PORT", "8080", "Port that `run.py serve` listens on."),
    Setting(
        "BROKER_URL",
        "",
        "Celery's broker, e.g. `redis://…`; a Redis also counts failed logins. Unset: `serve` does all work itself.",
    ),
    Setting(
        "STORE_URL", "", "Where attachments lie: a folder, or `s3://bucket/folder` and others; see `docs/files.md`."
    ),
    Setting(
        "FILE_KINDS",
        "pdf ofd jpg jpeg png gif webp tif tiff heic docx xlsx pptx odt ods odp doc wps xls et ppt txt "
        "mp3:60 m4a:60 wav:100 amr:20 mp4:200 mov:200 3gp:100 eml:30 zip:100",
        "Which kinds of files are taken as evidence, by ending; after a colon how large one may be, in megabytes.",
    ),
    Setting("FILE_MB", "20", "How large a file of another kind may be, in megabytes."),
    Setting("FILES_AT_ONCE", "10", "How many files one form takes."),
    Setting("UPLOAD_MB", "256", "How large all files of one form may be together, in megabytes."),
    Setting("REPLICA_URL", "", "Reserved for a read replica; not used in this version."),
    Setting("SMTP_URL", "", "Reserved for notices by mail; not used in this version."),
)


def value(environ: Mapping[str, str], name: str) -> str:
    """The setting ``name``: from the environment, else its default."""
    setting = next(row for row in SETTINGS if row.name == name)
    return environ.get(name, "").strip() or setting.default


def county_in_english(name: str) -> str:
    """What an English paper calls a county that was given no English name: never a name in another script."""
    default = next(row.default for row in SETTINGS if row.name == "COUNTY_NAME")
    return "Qingyuan County" if name == default else name if name.isascii() else "County"


def database_url(environ: Mapping[str, str], instance: Path = INSTANCE) -> str:
    """The database's address; plain ``postgres://`` addresses get the driver we ship."""
    url = value(environ, "DATABASE_URL")
    if not url:
        return f"sqlite:///{instance / 'shoujie.db'}"
    for scheme in ("postgres://", "postgresql://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


def load(environ: Mapping[str, str] | None = None, instance: Path = INSTANCE) -> dict[str, Any]:
    """All settings as Flask configuration.

    Raises:
        SettingsError: in production a secret is missing, short or well known.
    """
    given = os.environ if environ is None else environ
    names = ("SECRET_KEY", "VAULT_KEY")
    production = bool(value(given, "DATABASE_URL"))
    kept = {} if production or all(value(given, name) for name in names) else _kept(instance, names)
    found = {name: value(given, name) or kept.get(name, "") for name in names}
    if production:
        refuse_weak(found)
    plain = ("BASE_URL", "TIMEZONE", "DEFAULT_LOCALE", "COUNTY_NAME", "BROKER_URL")
    papers = ("RED_HEAD", "SIGN_CERTIFICATE", "SIGN_PASSPHRASE")
    found |= {name: value(given, name) for name in (*plain, *papers)}
    found["COUNTY_NAME_EN"] = value(given, "COUNTY_NAME_EN") or county_in_english(found["COUNTY_NAME"])
    store = value(given, "STORE_URL") or str(instance / "files")
    refuse_unknown_place(found["TIMEZONE"], found["DEFAULT_LOCALE"])
    refuse_unknown_broker(found["BROKER_URL"])
    found |= _numbers(given)
    found["FILE_KINDS"] = file_kinds(value(given, "FILE_KINDS"), found["FILE_MB"])
    return found | {"DATABASE_URL": database_url(given, instance), "STORE_URL": store}


def _numbers(given: Mapping[str, str]) -> dict[str, int]:
    """The settings that count something."""
    texts = {name: value(given, name) for name in NUMBERS}
    proxies = value(given, "PROXIES")
    if proxies not in tuple("0123456789"):
        raise SettingsError("PROXIES: set a whole number between 0 and 9.")
    wrong = [name for name, text in texts.items() if not text.isdecimal() or not 0 < int(text) <= 10000]
    if wrong:
        raise SettingsError(f"{', '.join(wrong)}: set a whole number between 1 and 10000.")
    return {name: int(text) for name, text in texts.items()} | {"PROXIES": int(proxies)}


def refuse_unknown_place(zone: str, locale: str) -> None:
    """A zone that exists, and a language that the console speaks."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingsError(f"TIMEZONE: there is no zone {zone}; set for example Asia/Shanghai.") from error
    if locale not in LOCALES:
        raise SettingsError(f"DEFAULT_LOCALE: set one of {', '.join(LOCALES)}, not {locale}.")


def refuse_unknown_broker(url: str) -> None:
    """A broker that Celery knows, with what it needs installed."""
    if not url:
        return
    from kombu.transport import resolve_transport

    try:
        resolve_transport(url.split("://")[0].split("+")[0] if "://" in url else "")
    except (KeyError, ImportError, AttributeError, ValueError) as error:
        raise SettingsError(
            "BROKER_URL: set an address of a broker that Celery knows and whose package is installed, "
            "e.g. redis://127.0.0.1:6379/0 or amqp://127.0.0.1."
        ) from error


def file_kinds(text: str, plain: int) -> dict[str, int]:
    """FILE_KINDS as ending → megabytes; ``plain`` for those without a number of their own.

    Raises:
        SettingsError: an entry is neither an ending nor an ending with a number.
    """
    found: dict[str, int] = {}
    for entry in text.replace(",", " ").lower().split():
        ending, _, size = entry.lstrip(".").partition(":")
        if not ending.isalnum() or (size and not (size.isdecimal() and 0 < int(size) <= 10000)):
            raise SettingsError(f"FILE_KINDS: {entry} is no ending like pdf, or like mp4:200 with its megabytes.")
        found[f".{ending}"] = int(size or plain)
    return found


def refuse_weak(found: Mapping[str, str]) -> None:
    """Production starts only on real secrets."""
    weak = [name for name, text in found.items() if len(text) < SHORTEST or text.casefold() in KNOWN]
    if weak:
        hint = "e.g. the output of `openssl rand -hex 32`"
        raise SettingsError(f"{', '.join(weak)}: set a secret of at least {SHORTEST} characters, {hint}.")


def _kept(instance: Path, names: tuple[str, ...]) -> dict[str, str]:
    """The machine's own secrets: made once, readable by its user alone."""
    path = instance / "secrets.json"
    instance.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump({name: secrets.token_urlsafe(32) for name in names}, file)
    except FileExistsError:
        pass
    with path.open() as file:
        return dict(json.load(file))
