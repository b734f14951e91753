"""Which addresses Myna may fetch: how they are written, and where they lead."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from yarl import URL

from learning.errors import FetchError

WEB_PORTS = frozenset({80, 443})
SCHEMES = frozenset({"http", "https"})
MAX_ADDRESS_CHARS = 4000
# Encoded, so ASCII. A percent sign would be a zone id, or a host that two readers read
# differently; other signs would be markup in our own sentences.
HOST = re.compile(r"[0-9A-Za-z._:-]{1,253}")

REACHES_IN_V4 = tuple(
    ip_network(block)
    for block in (
        "192.0.0.0/24",  # special purposes; older Pythons count parts of it as global
        "192.88.99.0/24",  # 6to4 relays, withdrawn by RFC 7526
        "168.63.129.16/32",  # public by its number, Azure's host agent inside Azure
    )
)
GLOBAL_V6 = ip_network("2000::/3")
REACHES_IN_V6 = tuple(
    ip_network(block)
    for block in (
        "2001::/23",  # protocols, Teredo among them, which carries IPv4
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which carries IPv4; withdrawn by RFC 7526
        "3fff::/20",  # documentation, RFC 9637
    )
)
NAT64 = ip_network("64:ff9b::/96")


def web_address(text: str) -> URL:
    """Read an http(s) address without credentials; its fragment is dropped.

    Says nothing about where the host leads: that is judged when it is connected to.
    Raises FetchError, whose text names no more of the address than its scheme.
    """
    text = text.strip()
    if len(text) > MAX_ADDRESS_CHARS:
        raise FetchError("That address is too long; share a shorter one.")
    # yarl drops tabs and line breaks, so that people and Myna would read two hosts.
    if any(character.isspace() or not character.isprintable() for character in text):
        raise FetchError("That address has spaces or hidden characters; type it anew.")
    try:
        url = URL(text)
        scheme, host = url.scheme, url.raw_host
    except ValueError as exc:  # includes what cannot be encoded
        raise FetchError(
            "That is no web address; share one like https://example.org."
        ) from exc
    if scheme not in SCHEMES:
        raise FetchError(
            "Myna reads web pages only; share an address that starts with https://."
        )
    if not host or not HOST.fullmatch(host):
        raise FetchError("That is no web address; share one like https://example.org.")
    if url.user is not None or url.password is not None:
        raise FetchError(
            "That address contains a name or password; share it without them."
        )
    return url.with_fragment(None)


def is_public(address: str, port: int) -> bool:
    """Say whether a numeric address and port belong to the open web.

    Global unicast only; IPv4 inside IPv6 (mapped, NAT64) is judged as that IPv4.
    """
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    return port in WEB_PORTS and _is_global_unicast(ip)


def _is_global_unicast(ip: IPv4Address | IPv6Address) -> bool:
    if isinstance(ip, IPv6Address):
        if ip.scope_id is not None:
            return False
        inner = _carried(ip)
        if inner is None:
            return ip in GLOBAL_V6 and not any(ip in block for block in REACHES_IN_V6)
        ip = inner
    return (
        ip.is_global
        and not ip.is_multicast
        and not any(ip in block for block in REACHES_IN_V4)
    )


def _carried(ip: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that packets to this one are sent to."""
    if ip in NAT64:
        return IPv4Address(int(ip) & 0xFFFF_FFFF)
    return ip.ipv4_mapped
