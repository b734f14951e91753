"""Discord's HTTP API in front of simcord's backend: tokens, limits, uploads, files."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import simcord
from aiohttp import web
from simcord.http import router

from tests.fake_discord_deliveries import Deliveries
from tests.fake_discord_limits import RateLimits

API = "/api/v10"
_CDN = "https://cdn.simcord.invalid"


@dataclass
class HttpApi:
    """Answers as simcord's backend does, within the limits, and notes what it served."""

    backend: simcord.Backend
    limits: RateLimits
    deliveries: Deliveries
    token: str
    url: str = ""
    unserved: list[str] = field(default_factory=list)

    def localise(self, payload: Any) -> str:
        """Write JSON, with the addresses of uploaded files pointing at this server."""
        return json.dumps(payload).replace(_CDN, f"{self.url}/cdn")

    async def serve_file(self, request: web.Request) -> web.Response:
        data = self.backend.cdn.get(f"{_CDN}/{request.match_info['path']}")
        return web.Response(status=404) if data is None else web.Response(body=data)

    async def serve(self, request: web.Request) -> web.Response:
        path = request.rel_url.raw_path.removeprefix(API)
        if not self._authorised(request, path):
            return self._answer(401, {"message": "401: Unauthorized", "code": 0})
        headers, refusal = self.limits.admit(request.method, path)
        if refusal is not None:
            body = {
                "message": "You are being rate limited.",
                "retry_after": refusal.retry_after_seconds,
                "global": refusal.scope == "global",
            }
            return self._answer(429, body, headers)
        body, files = await _read(request)
        try:
            answer = router.dispatch(
                self.backend,
                request.method,
                path,
                json=body,
                params=dict(request.query),
                files=files,
            )
        except (router.RouteNotImplemented, router.UnsupportedField) as error:
            self.unserved.append(str(error))
            return self._answer(400, error.to_json(), headers)
        except simcord.BackendError as error:
            return self._answer(error.status, error.to_json(), headers)
        self.deliveries.requested(request.method, path, body)
        return self._answer(200 if answer is not None else 204, answer, headers)

    def _authorised(self, request: web.Request, path: str) -> bool:
        carries_its_own_token = path.startswith(("/interactions/", "/webhooks/"))
        given = request.headers.get("Authorization")
        return carries_its_own_token or given == f"Bot {self.token}"

    def _answer(
        self, status: int, body: Any, headers: Mapping[str, str] | None = None
    ) -> web.Response:
        response = web.Response(status=status, headers=headers)
        if body is not None:
            response.text = self.localise(body)
            # Exactly this: discord.py takes JSON with a charset for text.
            response.headers["Content-Type"] = "application/json"
        return response


async def _read(request: web.Request) -> tuple[Any, list[SimpleNamespace]]:
    """Return the JSON of a request and the files uploaded beside it."""
    if not request.content_type.startswith("multipart/"):
        text = await request.text()
        return (json.loads(text) if text else None), []
    form = await request.post()
    body = json.loads(str(form["payload_json"]))
    described = body.get("data", body).get("attachments", [])
    uploads = [form[name] for name in form if name.startswith("files[")]
    return body, [
        SimpleNamespace(
            fp=io.BytesIO(upload.file.read()),
            filename=upload.filename,
            description=details.get("description"),
        )
        for upload, details in zip(uploads, described, strict=False)
    ]
