"""A Slack to test against: the Web API, Socket Mode and HTTP events, with state.

    async with FakeSlack() as slack:
        acme = slack.add_team("Acme")
        ana = slack.add_person("ana", is_admin=True)
        general = slack.add_channel("general", members=(ana,))
        app = AsyncApp(client=AsyncWebClient(acme.bot_token, base_url=slack.api_url), ...)
        async with socket_mode(slack, app):  # or http_mode, from fake_slack_running
            asked = await slack.say(ana, general, f"{acme.mention} what is due?")
            answer = await slack.until(lambda: slack.thread(asked))
            await slack.click(ana, answer[0], "thumbs_down")
            await slack.submit(ana, slack.view_of(ana), {"correction": "Friday"})
        assert slack.faults() == []

People act through the methods of fake_slack_people, tests set up and read through
those of fake_slack_state. `faults()` lists what Slack would have held against the
app: late acknowledgements, unknown methods, blocks too large, used trigger ids.
"""

import asyncio
import base64
import secrets
import time
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from typing import Self

from aiohttp import web

from tests.fake_slack_drivers import ACK_SECONDS, Ack, Delivery, Driver, SocketDriver
from tests.fake_slack_entities import Call, RefusedError
from tests.fake_slack_files import decoded
from tests.fake_slack_methods import answered, team_of
from tests.fake_slack_payloads import change_event, message_event
from tests.fake_slack_people import People
from tests.fake_slack_responses import use_response_url


class FakeSlack(People):
    """A Slack on 127.0.0.1.

    `scopes` and `events` are what the app's manifest has, None for all; `echoes`
    also sends the app the events of its own messages, as Slack does. `ack_seconds`
    may be shortened by tests of what happens when nobody acknowledges.
    """

    def __init__(
        self,
        *,
        scopes: set[str] | None = None,
        events: set[str] | None = None,
        echoes: bool = False,
        ack_seconds: float = ACK_SECONDS,
    ):
        super().__init__()
        self.scopes = scopes
        self.events = events
        self.echoes = echoes
        self.signing_secret = secrets.token_hex(16)
        self.socket = SocketDriver(ack_seconds=ack_seconds)
        self.driver: Driver = self.socket
        self.deliveries: list[Delivery] = []
        self.late: list[Delivery] = []
        self.refused: list[Delivery] = []
        self._failures: dict[str, list[RefusedError | int]] = {}
        self._news = asyncio.Event()
        self._tasks: set[asyncio.Task] = set()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_get("/link", self._link)
        app.router.add_post("/response/{name}", self._respond)
        app.router.add_post("/upload/{file}", self._upload)
        app.router.add_get("/files-pri/{file}/{name}", self._download)
        self._runner = web.AppRunner(app, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.base = "http://{}:{}".format(*self._runner.addresses[0])
        return self

    async def __aexit__(self, *exc) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.socket.close()
        for site in list(self._runner.sites):
            await site.stop()
        await settled()
        await self._runner.cleanup()
        await settled()

    @property
    def api_url(self) -> str:
        """What AsyncWebClient takes as its base_url."""
        return f"{self.base}/api/"

    # What tests ask of it

    def rate_limit(self, method: str, *, times: int = 1, retry_after: int = 1) -> None:
        """Answer the next calls of a method with 429 and Retry-After."""
        self._failures.setdefault(method, []).extend([retry_after] * times)

    def fail(self, method: str, error: str, *, times: int = 1) -> None:
        """Answer the next calls of a method with this error."""
        failures = [RefusedError(error)] * times
        self._failures.setdefault(method, []).extend(failures)

    async def drop_connections(self) -> None:
        """Cut every Socket Mode connection; events under way are sent again later."""
        await self.socket.drop()

    async def redeliver(self, delivery: Delivery | None = None) -> Ack:
        """Send an event again under its event_id: the last one, or this one."""
        if delivery is None:
            delivery = [d for d in self.deliveries if d.kind == "events_api"][-1]
        attempt = delivery.retry_attempt + 1
        again = replace(delivery, retry_attempt=attempt, retry_reason="http_timeout")
        return await self.deliver(again)

    async def until(self, condition, *, seconds: float = 5.0):
        """Wait until `condition()` is true and return what it returned."""
        deadline = time.monotonic() + seconds
        while not (found := condition()):
            if time.monotonic() > deadline:
                calls = [(call.method, call.answer) for call in self.calls[-5:]]
                raise AssertionError(f"not within {seconds} s; last calls: {calls}")
            self._news.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(0.02):
                    await self._news.wait()
        return found

    def faults(self) -> list[str]:
        """Say what the app did that Slack does not accept."""
        return [
            *(f"unknown method {method}" for method in self.unknown_methods),
            *(f"invalid blocks: {problem}" for problem in self.block_problems),
            *self.protocol_problems,
            *(f"not acknowledged in time: {each.name}" for each in self.late),
            *(f"HTTP {each.ack.status} to {each.name}" for each in self.refused),
        ]

    # What State and People leave to a server

    def changed(self) -> None:
        """Wake whoever waits in `until`."""
        self._news.set()

    def announce(self, subtype: str | None, message: dict, before: dict) -> None:
        """Send the app the event of its own message, where `echoes` asks for it."""
        if not self.echoes:
            return
        channel = self.channels[message["channel"]]
        event = message_event(message, channel)
        if subtype:
            event = change_event(self, subtype, message, before, channel)
        task = asyncio.get_running_loop().create_task(self._emit(event, channel))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def deliver(self, delivery: Delivery) -> Ack:
        """Bring a delivery to the app through the driver, and judge the answer."""
        delivery.payload = deepcopy(delivery.payload)
        self.deliveries.append(delivery)
        ack = delivery.ack = await self.driver.deliver(delivery)
        if not ack.acknowledged:
            silent = ack.status in {0, 200}
            (self.late if silent else self.refused).append(delivery)
        self.changed()
        return ack

    # The server

    async def _api(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        args, token = await _arguments(request)
        call = Call(method, args, token, self.now())
        self.calls.append(call)
        failures = self._failures.get(method)
        failure = failures.pop(0) if failures else None
        if isinstance(failure, int):
            call.answer = {"ok": False, "error": "ratelimited"}
            headers = {"Retry-After": str(failure)}
            return web.json_response(call.answer, status=429, headers=headers)
        try:
            if failure is not None:
                raise failure
            body = answered(self, method, args, token, self.scopes)
            call.answer = {"ok": True, **deepcopy(body)}
        except RefusedError as refused:
            call.answer = refused.answer
        self.changed()
        scopes = ",".join(sorted(self.scopes or ()))
        return web.json_response(call.answer, headers={"X-OAuth-Scopes": scopes})

    async def _link(self, request: web.Request) -> web.StreamResponse:
        if "ticket" not in request.query:
            return web.Response(status=403)
        return await self.socket.link(request)

    async def _respond(self, request: web.Request) -> web.Response:
        try:
            use_response_url(self, request.match_info["name"], await request.json())
        except RefusedError as refused:
            return web.json_response(refused.answer, status=404)
        return web.Response(text="ok")

    async def _upload(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.file_bodies[request.match_info["file"]] = body
        return web.Response(text=f"OK - {len(body)}")

    async def _download(self, request: web.Request) -> web.Response:
        """Answer the bytes, or like Slack a page to sign in at instead of an error."""
        team_id, _, file_id = request.match_info["file"].partition("-")
        try:
            team = team_of(self, _bearer(request))
        except RefusedError:
            team = None
        if team is None or team.id != team_id or file_id not in self.file_bodies:
            return web.Response(text="<html>Sign in</html>", content_type="text/html")
        mimetype = self.files[file_id]["mimetype"]
        return web.Response(body=self.file_bodies[file_id], content_type=mimetype)


async def settled() -> None:
    """Let cancelled tasks and closed sockets finish, so that none outlives a test."""
    for _ in range(5):
        await asyncio.sleep(0)


async def _arguments(request: web.Request) -> tuple[dict, str]:
    args = dict(request.query)
    if request.content_type == "application/json":
        args |= await request.json()
    else:
        args |= await request.post()
    authorization = request.headers.get("Authorization", "")
    if authorization.startswith("Basic "):
        client = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        client_id, _, client_secret = client.partition(":")
        args |= {"client_id": client_id, "client_secret": client_secret}
    token = args.pop("token", "") or _bearer(request)
    return decoded(args), token


def _bearer(request: web.Request) -> str:
    return request.headers.get("Authorization", "").removeprefix("Bearer ")
