"""The fake Web API's methods for conversations, people, reactions and threads."""

from tests.fake_slack_entities import Channel, RefusedError, Team
from tests.fake_slack_state import State


def auth_test(state: State, team: Team, args: dict) -> dict:
    return {
        "url": f"https://{team.domain}.slack.example/",
        "team": team.name,
        "user": "myna",
        "team_id": team.id,
        "user_id": team.bot_user,
        "bot_id": team.bot_id,
        "is_enterprise_install": False,
    }


def conversation(state: State, team: Team, args: dict) -> dict:
    channel = readable(state, team, args)
    info = {
        "id": channel.id,
        "is_channel": channel.kind == "channel",
        "is_group": channel.kind == "group",
        "is_im": channel.kind == "im",
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_shared": bool(channel.shared_with),
        "is_ext_shared": bool(channel.shared_with),
        "is_org_shared": False,
        "is_member": team.bot_user in channel.members,
        "context_team_id": team.id,
        "shared_team_ids": [each.id for each in channel.teams],
    }
    if channel.kind == "im":
        info["user"] = next(iter(channel.members - {team.bot_user}))
    else:
        info |= {"name": channel.name, "name_normalized": channel.name}
    return {"channel": info}


def members(state: State, team: Team, args: dict) -> dict:
    channel = readable(state, team, args)
    return {
        "members": sorted(channel.members),
        "response_metadata": {"next_cursor": ""},
    }


def replies(state: State, team: Team, args: dict) -> dict:
    channel = joined(state, team, args)
    root = args["ts"]
    found = [
        message
        for message in state.in_channel(channel)
        if root in (message["ts"], message.get("thread_ts"))
    ]
    if not found:
        raise RefusedError("thread_not_found")
    return _page(found, args)


def history(state: State, team: Team, args: dict) -> dict:
    channel = joined(state, team, args)
    found = [
        message
        for message in reversed(state.in_channel(channel))
        if message.get("thread_ts", message["ts"]) == message["ts"]
    ]
    return _page(found, args)


def pins(state: State, team: Team, args: dict) -> dict:
    channel = joined(state, team, args)
    pinned = state.pins.get(channel.id, [])
    items = [_pinned(state, team, channel, each) for each in reversed(pinned)]
    return {"items": items}


def open_conversation(state: State, team: Team, args: dict) -> dict:
    person = state.people.get(args.get("users", ""))
    if person is None or person.team is not team:
        raise RefusedError("user_not_found")
    return {"channel": {"id": state.dm(person).id}}


def user(state: State, team: Team, args: dict) -> dict:
    person = state.people.get(args.get("user", ""))
    if person is None or not _meets(state, team, person.team):
        raise RefusedError("user_not_found")
    return {
        "user": {
            "id": person.id,
            "team_id": person.team.id,
            "name": person.name,
            "real_name": person.display_name,
            "deleted": False,
            "tz": person.tz,
            "is_admin": person.is_admin,
            "is_owner": person.is_owner,
            "is_primary_owner": person.is_owner,
            "is_restricted": False,
            "is_ultra_restricted": False,
            "is_stranger": person.team is not team,
            "is_bot": person.is_bot,
            "profile": {
                "display_name": person.display_name,
                "real_name": person.display_name,
                "team": person.team.id,
            },
        }
    }


def usergroup_members(state: State, team: Team, args: dict) -> dict:
    if args.get("usergroup") not in state.usergroups:
        raise RefusedError("no_such_subteam")
    return {"users": state.usergroups[args["usergroup"]]}


def add_reaction(state: State, team: Team, args: dict) -> dict:
    given, mine = _reactions(state, team, args)
    if mine in given:
        raise RefusedError("already_reacted")
    given.append(mine)
    return {}


def remove_reaction(state: State, team: Team, args: dict) -> dict:
    given, mine = _reactions(state, team, args)
    if mine not in given:
        raise RefusedError("no_reaction")
    given.remove(mine)
    return {}


def set_status(state: State, team: Team, args: dict) -> dict:
    state.statuses.append(_in_thread(state, team, args))
    return {}


def set_prompts(state: State, team: Team, args: dict) -> dict:
    if not 1 <= len(args.get("prompts", [])) <= 4:
        raise RefusedError("invalid_arguments")
    readable(state, team, {"channel": args.get("channel_id", "")})
    state.prompts.append(args)
    return {}


def set_title(state: State, team: Team, args: dict) -> dict:
    state.titles.append(_in_thread(state, team, args))
    return {}


def readable(state: State, team: Team, args: dict) -> Channel:
    """Return the channel that this bot may know of, or refuse."""
    channel = state.channels.get(args.get("channel", ""))
    if channel is None or team not in channel.teams:
        raise RefusedError("channel_not_found")
    if channel.is_private and team.bot_user not in channel.members:
        raise RefusedError("channel_not_found")
    return channel


def writable(state: State, team: Team, args: dict) -> Channel:
    """Return the channel that this bot may post in, or refuse."""
    channel = joined(state, team, args)
    if channel.is_archived:
        raise RefusedError("is_archived")
    return channel


def joined(state: State, team: Team, args: dict) -> Channel:
    """Return the channel that this bot is a member of, or refuse."""
    channel = readable(state, team, args)
    if team.bot_user not in channel.members:
        raise RefusedError("not_in_channel")
    return channel


def _page(found: list[dict], args: dict) -> dict:
    oldest, latest = args.get("oldest", "0"), args.get("latest") or "9" * 17
    inclusive = str(args.get("inclusive", "")).lower() in {"1", "true"}
    found = [
        message
        for message in found
        if oldest < message["ts"] < latest
        or (inclusive and message["ts"] in (oldest, latest))
    ]
    start, size = int(args.get("cursor") or 0), int(args.get("limit") or 100)
    more = start + size < len(found)
    return {
        "messages": found[start : start + size],
        "has_more": more,
        "response_metadata": {"next_cursor": str(start + size) if more else ""},
    }


def _pinned(state: State, team: Team, channel: Channel, ts: str) -> dict:
    said = state.message(channel, ts)
    link = f"https://{team.domain}.slack.example/archives/{channel.id}/p{ts}"
    message = {**said, "pinned_to": [channel.id], "permalink": link}
    message.pop("channel")
    return {"type": "message", "channel": channel.id, "message": message}


def _reactions(state: State, team: Team, args: dict):
    channel = readable(state, team, args)
    state.message(channel, args.get("timestamp", ""))
    key = (channel.id, args["timestamp"])
    return state.reactions.setdefault(key, []), (args["name"], team.bot_user)


def _in_thread(state: State, team: Team, args: dict) -> dict:
    channel = readable(state, team, {"channel": args.get("channel_id", "")})
    if (channel.id, args.get("thread_ts")) not in state.messages:
        raise RefusedError("message_not_found")
    return args


def _meets(state: State, team: Team, other: Team) -> bool:
    return team is other or any(
        team in channel.teams and other in channel.teams
        for channel in state.channels.values()
    )
