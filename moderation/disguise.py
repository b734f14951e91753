"""Text that hides what it says from people: encoded, or written in a strange way."""

import base64
import binascii
import codecs
import re
from collections.abc import Iterator

from moderation.text import Span

_BASE64 = re.compile(r"(?<![\w/+=])[A-Za-z0-9+/]{24,}={0,2}(?![\w/+=])")
_HEX = re.compile(r"(?<![\w])(?:0x)?(?:[0-9a-fA-F]{2}[ :]?){12,}(?!\w)")
_BINARY = re.compile(r"(?<!\d)(?:[01]{8}\s?){6,}(?!\d)")
_MORSE = re.compile(r"(?<!\S)(?:[.-]{1,6} ){3,}/ (?:[.-]{1,6}[ /]+){3,}")
_READABLE = re.compile(r"[A-Za-z]{2,}(?:[ ,.'?!-]+[A-Za-z]+){2,}")
_LEET = str.maketrans("013457@$", "oieastas")
# An underscore is a gap and no letter: as both, a line of them takes forever.
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W_][ .*_-]{1,3}){6,}[^\W_](?![^\W_])")


def encoded_spans(text: str) -> Iterator[Span]:
    """Find text that only a machine reads at sight: bytes written out that are words.

    Hashes and keys decode to noise, so a commit's or a checksum is not taken for it.
    """
    for pattern, decode in (
        (_BASE64, _from_base64),
        (_HEX, _from_hex),
        (_BINARY, _from_binary),
    ):
        for match in pattern.finditer(text):
            if _READABLE.search(decode(match.group())):
                yield match.span()
    for match in _MORSE.finditer(text):
        yield match.span()


def readings(text: str) -> Iterator[str]:
    """Read a text as leetspeak, as rot13, backwards, and without gaps in words."""
    for other in (
        text.translate(_LEET),
        codecs.encode(text, "rot13"),
        text[::-1],
        _SPACED.sub(lambda match: _closed_up(match.group()), text),
    ):
        if other != text:
            yield other


def _from_base64(written: str) -> str:
    try:
        return base64.b64decode(written + "=" * (-len(written) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _from_hex(written: str) -> str:
    digits = re.sub(r"[ :]", "", written.removeprefix("0x"))
    try:
        return bytes.fromhex(digits).decode()
    except (ValueError, UnicodeDecodeError):
        return ""


def _from_binary(written: str) -> str:
    digits = "".join(written.split())
    values = (int(digits[at : at + 8], 2) for at in range(0, len(digits), 8))
    return bytes(values).decode("ascii", "replace")


def _closed_up(spaced: str) -> str:
    """Join letters that stand apart; a wider gap was between words."""
    words = re.split(r"[ .*_-]{2,}", spaced)
    return " ".join(re.sub(r"[ .*_-]", "", word) for word in words)
