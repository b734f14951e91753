"""What people do in the fake Slack: say, edit, react, open Home, install, leave."""

import asyncio

from tests import fake_slack_payloads as payloads
from tests.fake_slack_drivers import Ack, Delivery
from tests.fake_slack_entities import Channel, Person, Team
from tests.fake_slack_interactions import Interactions
from tests.fake_slack_methods import EVENT_SCOPES, SCOPE_PREFIXES
from tests.fake_slack_text import typed


class People(Interactions):
    """A Slack with people in it, whose events reach the app where it subscribed."""

    events: set[str] | None
    scopes: set[str] | None

    async def event(
        self,
        event: dict,
        *,
        team: Team | None = None,
        shared: bool = False,
        retry_attempt: int = 0,
        retry_reason: str = "",
    ) -> Ack:
        """Send an event, wrapped unless it is wrapped already, subscribed to or not."""
        if event["type"] != "event_callback":
            team = team or self.team
            event = payloads.event_callback(self, team, event, shared=shared)
        delivery = Delivery("events_api", event, retry_attempt, retry_reason)
        return await self.deliver(delivery)

    async def say(
        self,
        person: Person,
        channel: Channel,
        text: str,
        thread_ts: str | None = None,
        *,
        files: tuple[dict, ...] = (),
    ) -> dict:
        """Say something; mention with `<@U...>`. Returns the stored message.

        A mention in a channel the bot is in comes to the app twice, as app_mention
        and as message, like in Slack.
        """
        if channel.is_private and person.id not in channel.members:
            raise ValueError(f"{person.name} is not in {channel.name}")
        channel.members.add(person.id)
        message = payloads.said(self, person, channel, typed(text))
        if thread_ts:
            message["thread_ts"] = thread_ts
            message["parent_user_id"] = self.message(channel, thread_ts)["user"]
        if files:
            message |= {"subtype": "file_share", "files": list(files)}
        if channel.shared_with:
            message |= {"user_team": person.team.id, "source_team": person.team.id}
        self.keep(message)
        event = payloads.message_event(message, channel)
        sent = [self._emit(event, channel)]
        bots = [team.mention for team in channel.teams]
        if channel.kind != "im" and any(bot in message["text"] for bot in bots):
            mention = {k: v for k, v in event.items() if k != "channel_type"}
            mention.pop("subtype", None)
            sent.append(self._emit({**mention, "type": "app_mention"}, channel))
        await asyncio.gather(*sent)
        return message

    async def edit_message(self, message: dict, text: str) -> None:
        """Change a person's message (message_changed)."""
        before = dict(message)
        message["text"] = typed(text)
        message["blocks"] = payloads.rich_text(self, message["text"])
        message["edited"] = {"user": message["user"], "ts": self.new_ts()}
        key = (message["channel"], message["ts"])
        self.versions[key].append(message["text"])
        await self._change("message_changed", message, before)

    async def delete_message(self, message: dict) -> None:
        """Delete a message (message_deleted)."""
        key = (message["channel"], message["ts"])
        self.deleted[key] = self.messages.pop(key)
        await self._change("message_deleted", message, message)

    async def react(self, person: Person, message: dict, name: str) -> None:
        """Add a reaction to a message (reaction_added)."""
        channel, ts = self.channels[message["channel"]], message["ts"]
        self.reactions.setdefault((channel.id, ts), []).append((name, person.id))
        item = {"type": "message", "channel": channel.id, "ts": ts}
        event = {
            "type": "reaction_added",
            "user": person.id,
            "reaction": name,
            "item_user": message["user"],
            "item": item,
            "event_ts": self.new_ts(),
        }
        await self._emit(event, channel)

    def pin(self, message: dict) -> None:
        """Pin a message to its channel; the app subscribes to no event of that."""
        self.pins.setdefault(message["channel"], []).append(message["ts"])

    async def _change(self, subtype: str, message: dict, before: dict) -> None:
        channel = self.channels[message["channel"]]
        event = payloads.change_event(self, subtype, message, before, channel)
        await self._emit(event, channel)

    async def open_home(self, person: Person, *, tab: str = "home") -> None:
        """Open the app's Home, or its messages with `tab="messages"`."""
        event = {
            "type": "app_home_opened",
            "user": person.id,
            "channel": self.dm(person).id,
            "tab": tab,
            "event_ts": self.new_ts(),
        }
        if tab == "home" and person.id in self.homes:
            event["view"] = self.homes[person.id]
        await self._emit(event, self.dm(person))

    async def invite_bot(self, person: Person, channel: Channel) -> None:
        """Bring the bot into a channel (member_joined_channel)."""
        bot = person.team.bot_user
        channel.members.add(bot)
        event = {
            "type": "member_joined_channel",
            "user": bot,
            "channel": channel.id,
            "channel_type": "C" if channel.kind == "channel" else "G",
            "team": person.team.id,
            "inviter": person.id,
            "event_ts": self.new_ts(),
        }
        await self._emit(event, channel)

    async def revoke_tokens(self, team: Team | None = None) -> None:
        """Make the bot token invalid (tokens_revoked)."""
        team = team or self.team
        team.barred = "token_revoked"
        revoked = {"oauth": [], "bot": [team.bot_user]}
        await self._say_farewell(team, {"type": "tokens_revoked", "tokens": revoked})

    async def uninstall(self, team: Team | None = None) -> None:
        """Remove the app (tokens_revoked and app_uninstalled, in no order)."""
        team = team or self.team
        for channel in self.channels.values():
            channel.members.discard(team.bot_user)
        await asyncio.gather(
            self.revoke_tokens(team),
            self._say_farewell(team, {"type": "app_uninstalled"}),
        )
        team.barred = "account_inactive"

    async def _emit(self, event: dict, channel: Channel) -> None:
        """Send an event to the app, where it is subscribed and may know of it."""
        name = event["type"]
        if name == "message":
            name = f"message.{SCOPE_PREFIXES[channel.kind]}"
        scope = EVENT_SCOPES.get(name)
        if self.events is not None and name not in self.events:
            return
        if scope and self.scopes is not None and scope not in self.scopes:
            return
        there = [
            team
            for team in channel.teams
            if team.bot_user in channel.members and team.barred is None
        ]
        if there:
            self.used_scopes |= {scope} if scope else set()
            shared = bool(channel.shared_with)
            await self.event(event, team=there[0], shared=shared)

    async def _say_farewell(self, team: Team, event: dict) -> None:
        if self.events is None or event["type"] in self.events:
            await self.event({**event, "event_ts": self.new_ts()}, team=team)
