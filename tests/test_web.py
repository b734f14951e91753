"""Proves that a fetch reaches the open web only, and never takes too much of it."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from learning.errors import FetchError
from learning.web import MAX_REDIRECTS, GuardedFetcher
from learning.web_address import is_public
from tests.fake_site import Names, page, redirect, site

HIDDEN = "s3cret"
CAP = 100_000


def any_port(address, port):
    """The real judgement of addresses, for sites that cannot have port 80."""
    return is_public(address, 80)


def outside(running):
    """The real judgement, with one site standing for the open web."""
    return lambda address, port: (
        (address, port) == (running.host, running.port) or any_port(address, port)
    )


def anywhere(address, port):
    return True


async def fetched(url, **options):
    async with GuardedFetcher(**options) as fetcher:
        return await fetcher.fetch(url)


async def fetched_from(answer, *, path="/", **options):
    async with site(answer) as running:
        return await fetched(running.url(path), permit=outside(running), **options)


async def test_a_page_comes_with_its_type_charset_and_final_address():
    answer = page(
        "<p>Grüße</p>".encode("latin-1"), content_type="Text/HTML;charset=latin-1"
    )

    async with site(answer) as running:
        got = await fetched(running.url("/a?b=1#part"), permit=outside(running))

    assert got.content.decode(got.charset) == "<p>Grüße</p>"
    assert got.content_type == "text/html"
    assert got.url == running.url("/a?b=1")
    assert "Myna" in running.requests[0].headers["User-Agent"]


@pytest.mark.parametrize("charset", ["bogus", "zlib", "idna", "undefined", "x" * 999])
async def test_a_charset_that_nothing_can_be_decoded_with_is_none(charset):
    got = await fetched_from(page(content_type=f"text/html; charset={charset}"))

    assert got.charset is None


SPELLINGS = [
    "localhost",
    "127.0.0.1",
    "0x7f000001",
    "0x7f.1",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "0.0.0.0",  # noqa: S104
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
]
DIGITS = ["127.1", "2130706433", "0177.0.0.1", "017700000001", "0"]
"""Refused by aiohttp as malformed, where it is new enough, and by us where not."""


@pytest.mark.parametrize("host", SPELLINGS + DIGITS)
async def test_no_spelling_of_this_machine_is_fetched(host):
    async with site(page()) as running:
        with pytest.raises(FetchError, match=r"not on the open web|no web address"):
            await fetched(running.url(host=host), permit=any_port)

    assert running.requests == []


@pytest.mark.parametrize("host", SPELLINGS)
async def test_unguarded_those_spellings_do_lead_to_this_machine(host):
    async with site(page()) as running:
        await fetched(running.url(host=host), permit=anywhere)

    assert len(running.requests) == 1


async def test_a_fetcher_reads_the_open_web_only_unless_told_otherwise():
    async with site(page()) as running:
        with pytest.raises(FetchError, match="ports 80 and 443 only"):
            await fetched(running.url())

    assert running.requests == []


@pytest.mark.parametrize("inside", ["127.0.0.1", "::ffff:127.0.0.1"])
async def test_a_name_that_leads_inside_is_not_fetched(inside):
    async with site(page()) as running:
        with pytest.raises(FetchError, match=r"intranet\.test is not on the open web"):
            await fetched(
                running.url(host="intranet.test"),
                permit=any_port,
                resolver=Names([inside]),
            )

    assert running.requests == []


async def test_a_name_whose_addresses_all_lead_inside_is_not_fetched():
    async with site(page()) as running:
        with pytest.raises(FetchError, match="not on the open web"):
            await fetched(
                running.url(host="many.test"),
                permit=any_port,
                resolver=Names(["127.0.0.1", "::1", "10.0.0.1", "127.0.0.2"]),
            )

    assert running.requests == []


async def test_a_name_that_changes_its_address_is_judged_at_every_connection():
    async with site(None) as public:
        public.answer = redirect(public.url("/again", host="rebinding.test"))
        try:
            private = site(page(b"keys"), host="127.0.0.2", port=public.port)
            async with private as inner:
                with pytest.raises(FetchError, match="not on the open web"):
                    await fetched(
                        public.url(host="rebinding.test"),
                        permit=outside(public),
                        resolver=Names(["127.0.0.1"], ["127.0.0.2"]),
                    )
        except OSError:
            pytest.skip("this machine has no 127.0.0.2")

    assert len(public.requests) == 1
    assert inner.requests == []


async def test_a_name_is_looked_up_once_for_each_connection():
    """A guard that looks a name up before the client does sees another answer."""
    names = Names(["127.0.0.1"], ["127.0.0.2"], ["127.0.0.3"])

    async with site(page()) as running:
        await fetched(
            running.url(host="once.test"), permit=outside(running), resolver=names
        )

    assert names.answers == [["127.0.0.2"], ["127.0.0.3"]]


async def test_a_zone_id_reaches_the_judgement():
    asked = []

    def noting(address, port):
        asked.append(address)
        return False

    async with GuardedFetcher(permit=noting) as fetcher:
        with pytest.raises(OSError, match="refused"):
            fetcher._socket((10, 1, 6, "", ("fe80::1", 80, 0, 2)))

    assert asked == ["fe80::1%2"]
    assert ip_address(asked[0]).scope_id == "2"


@pytest.mark.parametrize("host", ["a" * 64 + ".test", "a..test"])
async def test_a_name_that_no_resolver_takes_is_refused(host):
    with pytest.raises(FetchError, match="no web address"):
        await fetched(f"http://{host}/")


@pytest.mark.parametrize(
    "url",
    [
        f"ftp://example.org/?key={HIDDEN}",
        f"http://user:{HIDDEN}@example.org/",
        f"http://127.0.0.1/{HIDDEN}?key={HIDDEN}",
        f"http://127.0.0.1:1/?key={HIDDEN}#{HIDDEN}",
        f"http://[bad/?key={HIDDEN}",
        f"http://example.org/?key={HIDDEN}\t",
        f"http://example.org/?key={HIDDEN} ",
        f"http://nowhere.invalid/?key={HIDDEN}",
    ],
)
async def test_a_refusal_does_not_repeat_what_may_be_secret(url):
    with pytest.raises(FetchError) as refusal:
        await fetched(url, resolver=Names(["127.0.0.1"]))

    assert HIDDEN not in str(refusal.value)


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        ("http://169.254.169.254/latest/meta-data/", "not on the open web"),
        ("//0x7f000001:{inner}/", "not on the open web"),
        ("http://localhost:{inner}/", "not on the open web"),
        ("http://127.0.0.1:{inner}/", "not on the open web"),
        ("//2130706433:{inner}/", "not on the open web|no web address"),
        ("http://[::ffff:127.0.0.1]:{inner}/", "not on the open web"),
        ("http://user:pw@127.0.0.1:{inner}/", "name or password"),
        ("file:///etc/passwd", "web pages only"),
        ("gopher://127.0.0.1:{inner}/_INFO", "web pages only"),
        ("http://[::1", "no web address"),
    ],
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_judged_like_an_address_of_its_own(to, reason, status):
    async with site(page(b"keys")) as inner:
        answer = redirect(to.format(inner=inner.port), status=status)
        with pytest.raises(FetchError, match=reason):
            await fetched_from(answer, timeout_seconds=5)

    assert inner.requests == []


async def test_a_redirect_within_the_web_is_followed():
    async def moved(request):
        return page() if request.path == "/new" else redirect("/new?x=1#y")

    async with site(moved) as running:
        got = await fetched(running.url("/old"), permit=outside(running))

    assert got.url == running.url("/new?x=1")


async def test_a_redirect_loop_ends():
    async with site(redirect("/again")) as running:
        with pytest.raises(FetchError, match="from one address to the next"):
            await fetched(running.url(), permit=outside(running))

    assert len(running.requests) == MAX_REDIRECTS + 1


async def test_a_page_that_never_ends_is_left():
    sent = 0

    async def endless(request):
        nonlocal sent
        response = web.StreamResponse(headers={"Content-Type": "text/html"})
        await response.prepare(request)
        while True:
            await response.write(b"x" * 10_000)
            sent += 10_000

    with pytest.raises(FetchError, match="more than 100000 bytes"):
        await fetched_from(endless, max_bytes=CAP)

    assert sent < CAP + 16 * 1024**2  # what sockets hold


async def test_a_page_that_says_it_is_too_large_is_not_read():
    async def claiming(request):
        response = web.StreamResponse(
            headers={"Content-Type": "text/html", "Content-Length": str(2 * 1024**3)}
        )
        await response.prepare(request)
        await asyncio.Event().wait()

    with pytest.raises(FetchError, match="more than 20 MB"):
        await fetched_from(claiming, timeout_seconds=5)


async def test_a_page_of_exactly_the_allowed_size_is_read():
    got = await fetched_from(page(b"x" * CAP), max_bytes=CAP)

    assert len(got.content) == CAP


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nX-Slow: ", b"full"])
async def test_a_site_that_drips_is_left(start):
    """Slow-loris: each byte comes in time, the page never does."""
    if start == b"full":
        start = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9999\r\n\r\n"

    async def drip(reader, writer):
        try:
            writer.write(start)
            while True:
                await asyncio.sleep(0.02)
                if start:
                    writer.write(b"x")
                await writer.drain()
        except (ConnectionError, asyncio.CancelledError):
            writer.close()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        with pytest.raises(FetchError, match=r"more than 0\.3 seconds"):
            await fetched(
                f"http://127.0.0.1:{port}/", permit=anywhere, timeout_seconds=0.3
            )


async def test_the_time_is_that_of_all_redirects_together():
    async def slow(request):
        await asyncio.sleep(0.15)
        return redirect("/again")

    with pytest.raises(FetchError, match=r"more than 0\.3 seconds"):
        await fetched_from(slow, timeout_seconds=0.3)


@pytest.mark.parametrize(
    "content_type",
    [
        "image/png",
        "video/mp4",
        "application/octet-stream",
        "application/zip",
        "application/x-msdownload",
        "application/msword",
        "image/svg+xml",
        "nonsense",
        "",
    ],
)
async def test_a_type_that_myna_does_not_read_is_refused(content_type):
    with pytest.raises(FetchError, match="does not read"):
        await fetched_from(page(b"x", content_type=content_type))


@pytest.mark.parametrize(
    "content_type",
    [
        "application/xhtml+xml",
        "application/pdf",
        "application/json",
        "application/ld+json",
        "application/rss+xml",
        "application/epub+zip",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "text/vtt",
        "text/markdown; charset=utf-8",
    ],
)
async def test_a_type_that_myna_reads_is_taken(content_type):
    got = await fetched_from(page(b"x", content_type=content_type))

    assert got.content_type == content_type.partition(";")[0]


@pytest.mark.parametrize("status", [204, 206, 304, 404, 429, 503, 599])
async def test_what_is_no_whole_page_is_refused_with_its_number(status):
    with pytest.raises(FetchError, match=f"answered {status}"):
        await fetched_from(page(status=status))


async def test_a_redirect_to_nowhere_is_refused():
    with pytest.raises(FetchError, match="answered 302"):
        await fetched_from(page(status=302))


async def test_cookies_are_not_kept():
    async with (
        site(page(Set_Cookie="who=me")) as running,
        GuardedFetcher(permit=outside(running)) as fetcher,
    ):
        await fetcher.fetch(running.url())
        await fetcher.fetch(running.url())

    assert "Cookie" not in running.requests[1].headers


async def test_a_proxy_in_the_environment_is_not_used(monkeypatch):
    async with site(page(b"proxied")) as proxy, site(page(b"direct")) as running:
        monkeypatch.setenv("http_proxy", proxy.url())
        got = await fetched(running.url(), permit=outside(running))

    assert got.content == b"direct"
    assert proxy.requests == []


async def test_a_site_without_a_valid_certificate_is_refused(tmp_path):
    async with site(page(), tls=self_signed(tmp_path)) as running:
        with pytest.raises(FetchError, match="no valid certificate"):
            await fetched(f"https://127.0.0.1:{running.port}/", permit=outside(running))

    assert running.requests == []


async def test_a_site_that_is_not_there_is_said_so():
    async with site(page()) as running:
        pass

    with pytest.raises(FetchError, match="cannot be reached"):
        await fetched(running.url(), permit=anywhere)


async def test_a_site_that_speaks_no_http_is_said_so():
    async def noise(reader, writer):
        writer.write(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(noise, "127.0.0.1", 0)
    async with server:
        with pytest.raises(FetchError, match="cannot be reached"):
            await fetched(
                f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/",
                permit=anywhere,
            )


async def test_a_name_that_does_not_exist_is_said_so():
    class Nobody(Names):
        async def resolve(self, host, port=0, family=0):
            raise OSError("no such name")

    with pytest.raises(FetchError, match=r"no site called nowhere\.test"):
        await fetched("http://nowhere.test/", resolver=Nobody([]))


async def test_a_fetcher_outside_async_with_is_a_mistake_of_ours():
    with pytest.raises(RuntimeError):
        await GuardedFetcher().fetch("http://example.org/")


def self_signed(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "myna test")])
    start = datetime(2020, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=36_500))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    file = folder / "site.pem"
    file.write_bytes(
        key.private_bytes(
            pem,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(pem)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
