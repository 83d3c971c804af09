"""What is wrong around a command, in one line that says what to do; what is wrong with us stays a traceback."""

from __future__ import annotations

import errno

import config
from models.errors import DomainError

_HINTS = (
    (("no such table", "no such column", "does not exist"), "Run `python run.py init` first."),
    (("locked", "deadlock", "lock timeout"), "Another program writes at this moment: try again when it has finished."),
    (("disk is full", "no space left"), "Nothing was kept. Make room, then try again."),
    (("unable to open database", "readonly", "read-only"), "Look at DATABASE_URL and who may write there."),
)
_SERVICES = ("botocore", "kombu", "redis", "amqp", "fsspec", "s3fs", "aiohttp")  # stores and brokers, when away
_PLACES = {errno.ENOENT, errno.EACCES, errno.EPERM, errno.EISDIR, errno.ENOTDIR, errno.EROFS, errno.ENAMETOOLONG}


def told(error: BaseException) -> str | None:
    """The line; None when it is a mistake of ours."""
    from sqlalchemy import exc

    if isinstance(error, DomainError | config.SettingsError) or type(error).__name__ == "Contradictions":
        return str(error)
    if isinstance(error, exc.DBAPIError):
        return _of_database(error)
    if isinstance(error, exc.ArgumentError | exc.NoSuchModuleError):
        return "DATABASE_URL is no address of a database that this console knows: sqlite:///… or postgresql://…"
    if isinstance(error, exc.TimeoutError):
        return "The database does not answer in time. Try again."
    if isinstance(error, OSError):
        return _of_system(error)
    if type(error).__module__.split(".")[0] in _SERVICES:
        return f"A service that this needs does not answer: {_line(error)}. Look at BROKER_URL and STORE_URL."
    return None


def _of_database(error: object) -> str | None:
    from sqlalchemy import exc

    cause = _line(getattr(error, "orig", error))
    if isinstance(error, exc.IntegrityError):
        return (
            f"The database refused a row: {cause}. Nothing was kept. Was the same done twice at once? Then look again."
        )
    hint = next((hint for signs, hint in _HINTS if any(sign in cause.lower() for sign in signs)), "")
    if hint:
        return f"The database does not answer as expected: {cause}. {hint}"
    if isinstance(error, exc.OperationalError | exc.InterfaceError):
        return f"The database does not answer: {cause}. Is it running, and is DATABASE_URL right?"
    return None


def _of_system(error: OSError) -> str:
    cause = error.strerror or _line(error)
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{cause}. Nothing whole was written: make room, or write elsewhere."
    if error.filename is None:
        return f"{cause}."
    return f"{error.filename}: {cause}." + (" Choose another place." if error.errno in _PLACES else "")


def _line(error: object) -> str:
    """What a library says, on one line."""
    return " ".join(str(error).split()).rstrip(".")
