"""How people use an app in the fake Slack: commands, shortcuts, buttons, forms."""

from tests import fake_slack_payloads as payloads
from tests.fake_slack_drivers import Ack, Delivery
from tests.fake_slack_entities import Channel, Person
from tests.fake_slack_responses import new_response_url, respond
from tests.fake_slack_state import State
from tests.fake_slack_views import closed, new_trigger, submitted


class Interactions(State):
    """A Slack whose people use it; whoever inherits brings deliveries to the app."""

    async def deliver(self, delivery: Delivery) -> Ack:
        """Bring one delivery to the app."""
        raise NotImplementedError

    async def command(
        self,
        person: Person,
        command: str,
        text: str = "",
        *,
        channel: Channel | None = None,
    ) -> Ack:
        """Run a slash command; what the ack says is kept as Slack would show it."""
        channel = channel or self.dm(person)
        self.used_scopes.add("commands")
        url, kept = new_response_url(self, person, channel, None)
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        payload = {
            "token": "verification",
            "team_id": person.team.id,
            "team_domain": person.team.domain,
            "channel_id": channel.id,
            "channel_name": channel.name or "directmessage",
            "user_id": person.id,
            "user_name": person.name,
            "command": command,
            "text": escaped,
            "api_app_id": self.app_id,
            "is_enterprise_install": "false",
            "response_url": url,
            "trigger_id": new_trigger(self, person),
        }
        ack = await self.deliver(Delivery("slash_commands", payload))
        if ack.payload:
            respond(self, kept, ack.payload)
        return ack

    async def action(self, payload: dict) -> Ack:
        """Deliver an interaction as it is; `click` builds one."""
        return await self.deliver(Delivery("interactive", payload))

    async def click(
        self,
        person: Person,
        surface: dict,
        action_id: str,
        *,
        value: str | None = None,
        block_id: str | None = None,
        choose=None,
        values: dict | None = None,
    ) -> Ack:
        """Use an element of a message, an ephemeral or a view (block_actions).

        `value` and `block_id` say which, where several share the action_id; `choose`
        is what is selected (an option's value, a list of them, an id, "positive" of
        feedback buttons); `values` is what was entered in the inputs around it.
        Raises LookupError when there is no such element.
        """
        element = payloads.element_of(surface, action_id, value, block_id)
        payload = self._on_surface("block_actions", person, surface)
        entered = payloads.input_values(surface, values or {})
        if "view" in payload:
            payload["view"]["state"] = {"values": entered}
        else:
            payload["state"] = {"values": entered}
        payload["actions"] = [payloads.action(element, choose, self.new_ts())]
        return await self.action(payload)

    async def suggest(
        self, person: Person, surface: dict, action_id: str, text: str
    ) -> Ack:
        """Type into an external select (block_suggestion); the ack has options."""
        element = payloads.element_of(surface, action_id)
        payload = self._on_surface("block_suggestion", person, surface)
        payload.pop("trigger_id")
        names = ("type", "action_id", "block_id")
        payload |= {name: element[name] for name in names[1:]} | {"value": text}
        return await self.action(payload)

    async def submit(
        self, person: Person, view: dict, values: dict | None = None
    ) -> Ack:
        """Submit a modal; `values` by block_id or action_id, the rest as it was.

        The ack's response_action is carried out. Raises ValueError for what Slack's
        client would not send: a required input left empty, a text too long.
        """
        if view["id"] not in self.stacks.get(person.id, []):
            raise ValueError(f"{person.name} does not have this view open")
        entered = payloads.input_values(view, values or {})
        payloads.check_entered(view, entered)
        return await self.view_submission(person, view, entered)

    async def view_submission(self, person: Person, view: dict, entered: dict) -> Ack:
        """Submit a view with this exact `state.values`."""
        team = self.teams[view["team_id"]]
        payload = payloads.interaction(self, "view_submission", person, team)
        payload["trigger_id"] = new_trigger(self, person)
        payload["response_urls"] = []
        payload["view"] = {**view, "state": {"values": entered}}
        ack = await self.action(payload)
        if ack.acknowledged:
            submitted(self, person, view, ack.payload)
        return ack

    async def close_view(self, person: Person, view: dict) -> Ack | None:
        """Close a modal; the app hears of it if it asked to (view_closed)."""
        closed(self, person, view)
        if not view["notify_on_close"]:
            return None
        team = self.teams[view["team_id"]]
        payload = payloads.interaction(self, "view_closed", person, team)
        return await self.action({**payload, "view": view, "is_cleared": False})

    async def shortcut(self, person: Person, callback_id: str) -> Ack:
        """Use a global shortcut."""
        self.used_scopes.add("commands")
        payload = payloads.interaction(self, "shortcut", person, person.team)
        payload |= {"callback_id": callback_id, "action_ts": self.new_ts()}
        return await self.action({**payload, "trigger_id": new_trigger(self, person)})

    async def message_action(
        self, person: Person, message: dict, callback_id: str
    ) -> Ack:
        """Use a message shortcut, such as "Teach this"."""
        self.used_scopes.add("commands")
        payload = self._on_surface("message_action", person, message)
        payload |= {"callback_id": callback_id, "action_ts": self.new_ts()}
        del payload["container"]
        return await self.action({**payload, "message_ts": message["ts"]})

    def _on_surface(self, kind: str, person: Person, surface: dict) -> dict:
        payload = payloads.interaction(self, kind, person, person.team)
        payload["trigger_id"] = new_trigger(self, person)
        if "root_view_id" in surface:
            payload["container"] = {"type": "view", "view_id": surface["id"]}
            payload["view"] = dict(surface)
            return payload
        channel = self.channels[surface["channel"]]
        ephemeral = bool(surface.get("is_ephemeral"))
        if ephemeral and surface["user"] != person.id:
            raise ValueError(f"{person.name} does not see this message")
        if channel.is_private and person.id not in channel.members:
            raise ValueError(f"{person.name} is not in {channel.name}")
        payload["container"] = {
            "type": "message",
            "message_ts": surface["ts"],
            "channel_id": channel.id,
            "is_ephemeral": ephemeral,
        }
        payload["channel"] = payloads.named(channel)
        url, _ = new_response_url(self, person, channel, surface)
        payload["response_url"] = url
        if not ephemeral:
            message = dict(surface)
            del message["channel"]
            payload["message"] = message
        return payload
