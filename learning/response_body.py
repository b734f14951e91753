"""A response's body, and never more of it than may be read."""

import asyncio
import zlib

import aiohttp

from learning.errors import FetchError

CHUNK_BYTES = 65_536
ZLIB_WINDOW = zlib.MAX_WBITS
GZIP_WINDOW = 16 + zlib.MAX_WBITS
RAW_WINDOW = -zlib.MAX_WBITS
ZLIB_METHOD = 8
ENCODINGS = "gzip, deflate"
"""What requests may ask for: what can be unpacked with a cap."""


async def read_body(response: aiohttp.ClientResponse, *, max_bytes: int) -> bytes:
    """Read and unpack a body of at most `max_bytes`, packed and unpacked alike.

    The session must not decompress by itself (`auto_decompress=False`). Raises
    FetchError when there is more, or when it is packed in an unknown or broken way.
    """
    host = response.url.host
    too_large = FetchError(
        f"{host} sent more than {_size(max_bytes)}, which is more than Myna reads; "
        "share a smaller page or file."
    )
    if (response.content_length or 0) > max_bytes:
        raise too_large
    body = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK_BYTES):
        body += chunk
        if len(body) > max_bytes:
            raise too_large

    encoding = ",".join(response.headers.getall("Content-Encoding", ())).strip().lower()
    if not body or encoding in {"", "identity"}:
        return bytes(body)
    window = _window(encoding, bytes(body[:2]))
    if window is None:
        raise _unreadable(host)
    try:
        # Off the loop: tens of megabytes take a tenth of a second.
        content = await asyncio.to_thread(_unpacked, body, window, max_bytes)
    except zlib.error as exc:
        raise _unreadable(host) from exc
    if len(content) > max_bytes:
        raise too_large
    return content


def _window(encoding: str, start: bytes) -> int | None:
    """Return zlib's name for the packing; None for any other, or several at once."""
    if encoding in {"gzip", "x-gzip"}:
        return GZIP_WINDOW
    if encoding == "deflate":
        # Some servers send it with zlib's header and some without: RFC 9110, 8.4.1.2.
        with_header = start[0] & 15 == ZLIB_METHOD and int.from_bytes(start) % 31 == 0
        return ZLIB_WINDOW if with_header else RAW_WINDOW
    return None


def _unpacked(body: bytearray, window: int, max_bytes: int) -> bytes:
    """Unpack up to one byte more than allowed; raises zlib.error."""
    unpacker = zlib.decompressobj(window)
    content = unpacker.decompress(body, max_bytes + 1)
    # A second stream is refused: thousands of tiny ones cost quadratic time.
    if len(content) <= max_bytes and (not unpacker.eof or unpacker.unused_data):
        raise zlib.error("cut off, or more than one stream")
    return content


def _unreadable(host: str | None) -> FetchError:
    return FetchError(
        f"{host} sent a page packed in a way that Myna cannot read; "
        "save it and share it as a file."
    )


def _size(count: int) -> str:
    megabytes = count // 1024**2
    return f"{megabytes} MB" if megabytes else f"{count} bytes"
