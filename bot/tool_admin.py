"""What admins do for tools: secrets, and the tools of an MCP server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import tool_phrases
from bot.messages import Imported, ImportProblem, Refused, SecretInfo, Teaching
from bot.parts import refusal
from bot.tool_calls import permit_of
from learning.lesson import LessonKind
from learning.mcp_tools import list_tools
from learning.tool_address import host_in
from learning.web_address import web_address
from moderation.provenance import Provenance
from moderation.roles import Permission
from storage import tool_secrets

if TYPE_CHECKING:
    from bot.messages import Actor
    from bot.parts import Parts
    from bot.proposing import Proposing


class ToolAdmin:
    """The use cases of admins, who hold the secrets."""

    def __init__(self, parts: Parts, proposing: Proposing) -> None:
        self._parts = parts
        self._proposing = proposing

    async def set_secret(
        self, server: str, actor: Actor, name: str, host: str, value: str
    ) -> str | Refused:
        refused = refusal(actor, Permission.CONFIGURE)
        if refused:
            return refused
        secret = await tool_secrets.put(
            self._parts.database,
            server,
            name=name,
            host=host,
            value=value,
            by=actor.id,
            at=self._parts.clock.now(),
        )
        return tool_phrases.secret_stored(secret.name, secret.host)

    async def remove_secret(
        self, server: str, actor: Actor, name: str
    ) -> str | Refused:
        refused = refusal(actor, Permission.CONFIGURE)
        if refused:
            return refused
        now = self._parts.clock.now()
        await tool_secrets.remove(
            self._parts.database, server, name, by=actor.id, at=now
        )
        return tool_phrases.secret_removed(name)

    async def secrets(
        self, server: str, actor: Actor
    ) -> tuple[SecretInfo, ...] | Refused:
        refused = refusal(actor, Permission.CONFIGURE)
        if refused:
            return refused
        stored = await tool_secrets.names(self._parts.database, server)
        return tuple(
            SecretInfo(each.name, each.host, each.set_by, each.set_at)
            for each in stored
        )

    async def import_mcp(
        self, server: str, actor: Actor, url: str, channel: str | None
    ) -> Imported | Refused:
        """Put the tools of an MCP server up for review.

        Where one secret is stored for the server's host, it is sent as bearer token.
        """
        refused = refusal(actor, Permission.REVIEW)
        refused = refused or await self._proposing.refused_to_teach(
            server, actor, channel
        )
        if refused:
            return refused
        host = host_in(web_address(url))
        named, filled = await self._token(server, host)
        listing = await list_tools(
            url,
            permit=permit_of(self._parts, server, host),
            headers=named,
            sent_headers=filled,
        )
        problems = [
            ImportProblem(0, f"{name}: {reason}") for name, reason in listing.left_out
        ]
        waiting = []
        for number, tool in enumerate(listing.tools, start=1):
            teaching = Teaching(
                server,
                actor,
                LessonKind.TOOL,
                text=tool.text,
                provenance=Provenance.WEB,
                source=url,
                channel=channel,
            )
            taught = await self._proposing.teach_imported(teaching)
            if taught.waiting is None:
                reason = " ".join(taught.verdict.reasons)
                problems.append(ImportProblem(number, f"{tool.name}: {reason}"))
            else:
                waiting.append(taught.waiting)
        if not waiting and not problems:
            return Refused(tool_phrases.no_tools(host))
        return Imported(tuple(waiting), tuple(problems))

    async def _token(
        self, server: str, host: str
    ) -> tuple[dict[str, str], dict[str, str]]:
        """Return the header that a host's one secret makes, by name and filled in."""
        stored = await tool_secrets.get(self._parts.database, server)
        of_host = [each for each in stored.values() if each.host == host]
        if len(of_host) != 1:
            return {}, {}
        [secret] = of_host
        return (
            {"Authorization": f"Bearer {{secret:{secret.name}}}"},
            {"Authorization": f"Bearer {secret.value}"},
        )
