"""A client session whose connections are judged by the address that they go to."""

import socket
from collections.abc import Callable, Mapping

import aiohttp
from aiohttp.abc import AbstractResolver

from learning.response_body import ENCODINGS

Permit = Callable[[str, int], bool]
"""Says whether a numeric address and port may be connected to."""


class RefusedAddressError(OSError):
    """What aiohttp takes for a failed connection, and we recognise."""


def judged_socket(info: aiohttp.AddrInfoType, permit: Permit) -> socket.socket:
    """Make the socket for an address. Raises RefusedAddressError where it may not be.

    Judged here, neither a redirect nor a name that changes its address gets round it.
    """
    family, kind, protocol, _, address = info
    host, port, *scope = address
    zone = f"%{scope[1]}" if len(scope) > 1 and scope[1] else ""
    if not permit(f"{host}{zone}", int(port)):
        raise RefusedAddressError("refused")
    return socket.socket(family, kind, protocol)


def guarded_session(
    make_socket: Callable[[aiohttp.AddrInfoType], socket.socket],
    *,
    resolver: AbstractResolver | None,
    headers: Mapping[str, str],
) -> aiohttp.ClientSession:
    """Open a session without cookies, proxies, pools or a time limit of its own.

    Bodies are left packed: `read_body` unpacks them with a cap.
    """
    return aiohttp.ClientSession(
        auto_decompress=False,
        connector=aiohttp.TCPConnector(
            force_close=True,
            resolver=resolver,
            socket_factory=make_socket,
            use_dns_cache=False,
        ),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={**headers, "Accept-Encoding": ENCODINGS},
        # One limit for a whole exchange, outside: a drip of bytes resets others.
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
        trust_env=False,
    )
