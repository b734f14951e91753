"""Proves that a body is unpacked whole or refused, and never fills the memory."""

import gzip
import tracemalloc
import zlib

import pytest

from learning.errors import FetchError
from learning.web import GuardedFetcher
from tests.fake_site import page, site


async def fetched_from(answer, **options):
    async with (
        site(answer) as running,
        GuardedFetcher(permit=lambda address, port: True, **options) as fetcher,
    ):
        return await fetcher.fetch(running.url())


def raw_deflate(body):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


def packed(body):
    """Pack without the time: tests are named by their values, in every process alike."""
    return gzip.compress(body, mtime=0)


PACKINGS = [
    ("gzip", packed),
    ("x-gzip", packed),
    ("GZIP", packed),
    ("deflate", zlib.compress),
    ("deflate", raw_deflate),
    ("identity", bytes),
]


@pytest.mark.parametrize(("encoding", "pack"), PACKINGS)
async def test_a_packed_page_is_unpacked(encoding, pack):
    body = b"<p>hello</p>" * 1000

    got = await fetched_from(page(pack(body), Content_Encoding=encoding))

    assert got.content == body


@pytest.mark.parametrize(("encoding", "pack"), PACKINGS[:-1])
async def test_a_bomb_is_left_before_it_fills_the_memory(encoding, pack):
    bomb = page(pack(bytes(50 * 1024**2)), Content_Encoding=encoding)

    tracemalloc.start()
    try:
        with pytest.raises(FetchError, match="more than 1 MB"):
            await fetched_from(bomb, max_bytes=1024**2)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 10 * 1024**2


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("br", b"\x0b\x02\x80hello\x03"),
        ("zstd", b"\x28\xb5\x2f\xfd"),
        ("gzip, gzip", packed(packed(bytes(9999)))),
        ("gzip", b"no gzip"),
        ("gzip", packed(b"hello" * 99)[:-9]),
        ("gzip", packed(b"") * 1000),
        ("deflate", b"\xff"),
    ],
)
async def test_a_page_packed_otherwise_is_refused(encoding, body):
    with pytest.raises(FetchError, match="packed"):
        await fetched_from(page(body, Content_Encoding=encoding))


async def test_an_empty_page_may_call_itself_packed():
    got = await fetched_from(page(b"", Content_Encoding="gzip"))

    assert got.content == b""
