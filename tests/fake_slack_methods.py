"""Which Web API methods the fake Slack has, and the scope that each one needs."""

from tests import fake_slack_chat as chat
from tests import fake_slack_conversations as conversations
from tests import fake_slack_files as files
from tests import fake_slack_views as views
from tests.fake_slack_entities import RefusedError, Team
from tests.fake_slack_state import State

# A scope that begins with "channels:" is "groups:" and so on in other conversations.
METHODS = {
    "assistant.threads.setStatus": (conversations.set_status, "assistant:write"),
    "assistant.threads.setSuggestedPrompts": (
        conversations.set_prompts,
        "assistant:write",
    ),
    "assistant.threads.setTitle": (conversations.set_title, "assistant:write"),
    "auth.test": (conversations.auth_test, ""),
    "chat.appendStream": (chat.append_stream, "chat:write"),
    "chat.delete": (chat.delete, "chat:write"),
    "chat.getPermalink": (chat.permalink, ""),
    "chat.postEphemeral": (chat.post_ephemeral, "chat:write"),
    "chat.postMessage": (chat.post_message, "chat:write"),
    "chat.startStream": (chat.start_stream, "chat:write"),
    "chat.stopStream": (chat.stop_stream, "chat:write"),
    "chat.update": (chat.update, "chat:write"),
    "conversations.history": (conversations.history, "channels:history"),
    "conversations.info": (conversations.conversation, "channels:read"),
    "conversations.members": (conversations.members, "channels:read"),
    "conversations.open": (conversations.open_conversation, "im:write"),
    "conversations.replies": (conversations.replies, "channels:history"),
    "files.completeUploadExternal": (files.complete_upload, "files:write"),
    "files.getUploadURLExternal": (files.upload_url, "files:write"),
    "files.info": (files.file_info, "files:read"),
    "pins.list": (conversations.pins, "pins:read"),
    "reactions.add": (conversations.add_reaction, "reactions:write"),
    "reactions.remove": (conversations.remove_reaction, "reactions:write"),
    "usergroups.users.list": (conversations.usergroup_members, "usergroups:read"),
    "users.info": (conversations.user, "users:read"),
    "views.open": (views.open_view, ""),
    "views.publish": (views.publish, ""),
    "views.push": (views.push, ""),
    "views.update": (views.update, ""),
}
EVENT_SCOPES = {
    "app_mention": "app_mentions:read",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
}
SCOPE_PREFIXES = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}


def answered(
    state: State, method: str, args: dict, token: str, granted: set[str] | None
) -> dict:
    """Answer one call of the Web API, or raise what Slack would answer instead."""
    if method == "oauth.v2.access":
        return files.oauth_access(state, args)
    if method == "apps.connections.open":
        if token != state.app_token:
            raise RefusedError("invalid_auth")
        url = f"{state.base.replace('http', 'ws')}/link?ticket={state.new_id('')}"
        return {"url": url}
    if method not in METHODS:
        state.unknown_methods.append(method)
        raise RefusedError("unknown_method")
    team = team_of(state, token)
    handler, scope = METHODS[method]
    channel = state.channels.get(args.get("channel", ""))
    if channel and scope.startswith("channels:"):
        scope = scope.replace("channels", SCOPE_PREFIXES[channel.kind])
    if scope:
        state.used_scopes.add(scope)
        if granted is not None and scope not in granted:
            provided = ",".join(sorted(granted))
            raise RefusedError("missing_scope", needed=scope, provided=provided)
    return handler(state, team, args)


def team_of(state: State, token: str) -> Team:
    """Return the workspace a bot token belongs to, or refuse it."""
    if not token:
        raise RefusedError("not_authed")
    for team in state.teams.values():
        if team.bot_token == token:
            if team.barred:
                raise RefusedError(team.barred)
            return team
    raise RefusedError("invalid_auth")
