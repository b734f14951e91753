"""A site on 127.0.0.1 that notes who asks for what, and names that lead to it."""

import socket
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.abc import AbstractResolver

HTML = "text/html"


class Site:
    """What the tests know of a running site."""

    def __init__(self, answer):
        self.answer = answer
        self.requests = []
        self.host = ""
        self.port = 0

    def url(self, path="/", *, host="127.0.0.1"):
        return f"http://{host}:{self.port}{path}"

    async def handle(self, request):
        self.requests.append(request)
        answer = self.answer
        return await answer(request) if callable(answer) else copied(answer)


@asynccontextmanager
async def site(answer, *, host="127.0.0.1", port=0, tls=None):
    """Serve one answer at every path: a Response, or a coroutine that makes it."""
    running = Site(answer)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", running.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, ssl_context=tls).start()
        running.host, running.port = runner.addresses[0][:2]
        yield running
    finally:
        await runner.cleanup()


class Names(AbstractResolver):
    """Resolves every name to the next of some lists of addresses, then to the last."""

    def __init__(self, *answers):
        self.answers = list(answers)

    async def resolve(self, host, port=0, family=socket.AF_INET):
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            {
                "hostname": host,
                "host": address,
                "port": port,
                "family": socket.AF_INET6 if ":" in address else socket.AF_INET,
                "proto": 0,
                "flags": socket.AI_NUMERICHOST,
            }
            for address in answer
        ]

    async def close(self):
        pass


def page(body=b"<p>hello</p>", *, content_type=HTML, status=200, **headers):
    """Make an answer; header names are written with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if content_type:
        named["Content-Type"] = content_type
    return web.Response(body=body, status=status, headers=named)


def redirect(to, *, status=302):
    return page(b"", status=status, Location=to)


def copied(response):
    """Return a response anew: one can be sent only once."""
    return web.Response(
        body=response.body, status=response.status, headers=response.headers
    )
