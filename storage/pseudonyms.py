"""Keyed hashes in the place of people's ids: in logs, exports and after a deletion."""

import hashlib
import hmac
import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

from learning.errors import DataDirectoryError
from storage.data_directory import PRIVATE_FILE
from storage.journal import MYNA

KEY_FILE = "people.key"
KEY_BYTES = 32
DIRECT = ":dm:"
"""In a server's id, what follows names a person."""
_PSEUDONYM = re.compile(r"~[0-9a-f]{16}")


class Pseudonyms:
    """Names people by a hash that only the holder of the key can compute.

    One person has one name as long as the key stays; without it nobody can try ids
    until one fits, as they could with a plain hash of a short number.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, person: str) -> str:
        """Return a person's pseudonym; Myna, and a pseudonym, stay as they are."""
        if person in ("", MYNA) or _PSEUDONYM.fullmatch(person):
            return person
        digest = hmac.new(self._key, person.encode(), hashlib.sha256).hexdigest()
        return f"~{digest[:16]}"

    def of_server(self, server: str) -> str:
        """Return a server's id; one that names a person gets their pseudonym."""
        start, direct, person = server.partition(DIRECT)
        return f"{start}{direct}{self.of(person)}" if direct else server


def throwaway() -> Pseudonyms:
    """Return pseudonyms of a key that is kept nowhere."""
    return Pseudonyms(secrets.token_bytes(KEY_BYTES))


def load(root: Path, secret: str = "") -> Pseudonyms:
    """Return the pseudonyms of a data directory: by the operator's key, or its own.

    Its own key is made the first time. Raises DataDirectoryError.
    """
    if secret:
        return Pseudonyms(hashlib.sha256(secret.encode()).digest())
    path = root / KEY_FILE
    try:
        with suppress(FileExistsError):
            _make(path)
        return Pseudonyms(path.read_bytes())
    except OSError as exc:
        raise DataDirectoryError(f"Cannot use {path}: {exc.strerror}.") from exc


def _make(path: Path) -> None:
    """Write a new key, whole or not at all: half a key would rename everybody."""
    if path.exists():
        raise FileExistsError
    temporary = path.with_suffix(".tmp")
    temporary.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(temporary, flags, PRIVATE_FILE), "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)
