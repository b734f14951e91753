"""Proves which addresses count as the open web, by their words and their numbers."""

import pytest

from learning.errors import FetchError
from learning.web_address import is_public, web_address


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104
        "10.1.2.3",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::7f00:1",
        "100::1",
        "2001::7f00:1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:20::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "2606:4700:4700::1111%eth0",
        "::ffff:127.0.0.1%1",
        "example.org",
        "",
    ],
)
def test_an_address_that_is_not_global_unicast_is_not_public(address):
    assert not is_public(address, 443)


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "8.8.8.8",
        "172.32.0.1",
        "100.128.0.1",
        "223.255.255.254",
        "2606:4700:4700::1111",
        "2a00:1450:4001:800::200e",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
    ],
)
def test_a_global_unicast_address_is_public(address):
    assert is_public(address, 443)


def test_the_open_web_has_two_ports():
    ports = (0, 22, 80, 81, 443, 444, 3306, 6379, 8080, 8443, 65_535)

    assert [port for port in ports if is_public("1.1.1.1", port)] == [80, 443]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("file:///etc/passwd", "web pages only"),
        ("gopher://127.0.0.1:6379/_INFO", "web pages only"),
        ("ftp://example.org/", "web pages only"),
        ("data:text/html,hello", "web pages only"),
        ("javascript:alert(1)", "web pages only"),
        ("example.org", "web pages only"),
        ("//example.org/", "web pages only"),
        ("", "web pages only"),
        ("https://", "no web address"),
        ("http:example.org", "no web address"),
        ("http://[::1", "no web address"),
        ("http://[fe80::1%25eth0]/", "no web address"),
        ("http://localhost%00.example.org/", "no web address"),
        ("http://<b>/", "no web address"),
        ("http://example.org:99999/", "no web address"),
        ("http://good.example\\@127.0.0.1/", "no web address"),
        ("http://" + "a" * 254 + "/", "no web address"),
        ("http://user:pw@example.org/", "name or password"),
        ("http://user@example.org/", "name or password"),
        ("http://:pw@example.org/", "name or password"),
        ("http://exa\tmple.org/", "hidden characters"),
        ("http://example.org/\r\nHost: localhost", "hidden characters"),
        ("http://example.org/ x", "hidden characters"),
        ("http://exam\u202eple.org/", "hidden characters"),
        ("http://example.org/\ud800", "hidden characters"),
        ("http://example.org/" + "a" * 4000, "too long"),
    ],
)
def test_what_is_no_plain_web_address_is_refused(url, reason):
    with pytest.raises(FetchError, match=reason):
        web_address(url)


def test_an_address_is_read_without_its_fragment_and_outer_spaces():
    assert str(web_address(" https://Bücher.example/ä?q=1#here ")) == (
        "https://xn--bcher-kva.example/%C3%A4?q=1"
    )
