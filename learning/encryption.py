"""The operator's one key, and the keys made of it for what is encrypted at rest."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

KEY_BYTES = 32


def is_key(text: str) -> bool:
    """Say whether this is 32 bytes in URL-safe base64, as Fernet writes its keys."""
    try:
        # The bytes must give the same text: the decoder skips what is no base64.
        decoded = urlsafe_b64decode(text)
    except ValueError:
        return False
    return len(decoded) == KEY_BYTES and urlsafe_b64encode(decoded).decode() == text


def database_key(key: str) -> str:
    """Return the key of the database and its backups, in hexadecimal."""
    return _derived(key, "database").hex()


def rows_key(key: str) -> str:
    """Return the key of runs' rows, for Fernet: the trainer is given this one alone."""
    return urlsafe_b64encode(_derived(key, "rows")).decode()


def encrypt(body: bytes, key: str) -> bytes:
    """Return what only the key opens; `key` is one of Fernet's."""
    # Imported here: it takes a twentieth of a second, and most have no key.
    from cryptography.fernet import Fernet  # noqa: PLC0415

    return Fernet(key).encrypt(body)


def decrypt(body: bytes, key: str) -> bytes:
    """Return what was encrypted. Raises ValueError where the key is another."""
    from cryptography.fernet import Fernet, InvalidToken  # noqa: PLC0415

    try:
        return Fernet(key).decrypt(body)
    except InvalidToken as exc:
        raise ValueError("it was encrypted with another key") from exc


def _derived(key: str, purpose: str) -> bytes:
    """Make a key that tells nothing of the others (HKDF, RFC 5869)."""
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415

    made = HKDF(SHA256(), KEY_BYTES, salt=None, info=f"myna {purpose}".encode())
    return made.derive(urlsafe_b64decode(key))
