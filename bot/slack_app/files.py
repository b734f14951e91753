"""Files: one that a form brought, and one that a person gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot import phrases
from learning.document import LIMITS
from learning.errors import ImportFileError

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

MAX_BYTES = LIMITS.max_bytes
TIMEOUT = ClientTimeout(total=60)


async def download(client: AsyncWebClient, file: dict[str, Any]) -> bytes:
    """Return what is in a file of Slack's. Raises ImportFileError."""
    if file.get("size", 0) > MAX_BYTES:
        raise ImportFileError(phrases.file_not_read(_too_large()))
    headers = {"Authorization": f"Bearer {client.token}"}
    answer = await client.files_info(file=file["id"])
    url = answer["file"]["url_private_download"]
    session = client.session
    assert isinstance(session, ClientSession)  # noqa: S101 - `serve` made it
    try:
        async with session.get(url, headers=headers, timeout=TIMEOUT) as response:
            # Slack answers who may not read it with a page to sign in at.
            if response.status != 200 or response.content_type == "text/html":  # noqa: PLR2004
                raise ImportFileError(phrases.file_not_read("Slack did not give it"))
            body = await response.content.read(MAX_BYTES + 1)
            while len(body) <= MAX_BYTES and not response.content.at_eof():
                body += await response.content.read(MAX_BYTES + 1 - len(body))
    except (ClientError, TimeoutError) as exc:
        raise ImportFileError(phrases.file_not_read("Slack did not give it")) from exc
    if len(body) > MAX_BYTES:
        raise ImportFileError(phrases.file_not_read(_too_large()))
    return body


async def send(client: AsyncWebClient, user: str, name: str, text: str) -> None:
    """Give a person a file, in the conversation that nobody else sees."""
    opened = await client.conversations_open(users=user)
    await client.files_upload_v2(
        channel=opened["channel"]["id"], filename=name, content=text or "\n", title=name
    )


def _too_large() -> str:
    return f"it has more than {MAX_BYTES // 1_000_000} MB"
