"""The fake Slack's response urls, and what is said through them or in an ack."""

from tests.fake_slack_entities import Channel, Person, RefusedError, ResponseUrl
from tests.fake_slack_state import State

RESPONSE_SECONDS = 30 * 60
RESPONSE_USES = 5


def new_response_url(
    state: State, person: Person, channel: Channel, surface: dict | None
) -> tuple[str, ResponseUrl]:
    """Return a url that speaks to this person, about the message they used."""
    name = state.new_id("r")
    expires = state.now() + RESPONSE_SECONDS
    kept = ResponseUrl(person, channel, expires, surface)
    state.response_urls[name] = kept
    return f"{state.base}/response/{name}", kept


def use_response_url(state: State, name: str, said: dict) -> None:
    """Say something through a response url, or refuse an old or worn one."""
    url = state.response_urls.get(name)
    if url is None or state.now() > url.expires:
        raise RefusedError("expired_url")
    if url.uses >= RESPONSE_USES:
        raise RefusedError("used_url")
    url.uses += 1
    respond(state, url, said)


def respond(state: State, to: ResponseUrl, said: dict) -> None:
    """Post, replace or delete, as the body asks; ephemeral unless it says in_channel."""
    if said.get("delete_original"):
        _remove(state, to.surface)
        return
    blocks = said.get("blocks")
    content = {"text": said.get("text", "")}
    if blocks:
        content["blocks"] = state.checked_blocks(blocks)
    elif not content["text"]:
        raise RefusedError("no_text")
    if said.get("replace_original"):
        _replace(state, to.surface, content)
        return
    team = to.person.team
    message = {
        "type": "message",
        "channel": to.channel.id,
        "user": team.bot_user,
        "bot_id": team.bot_id,
        "app_id": state.app_id,
        "team": team.id,
        "ts": state.new_ts(),
        **content,
    }
    if said.get("thread_ts"):
        message["thread_ts"] = said["thread_ts"]
    if said.get("response_type") == "in_channel":
        state.keep(message)
    else:
        message |= {"user": to.person.id, "is_ephemeral": True}
        state.ephemerals.append(message)
        state.changed()


def _replace(state: State, surface: dict | None, content: dict) -> None:
    if surface is None:
        raise RefusedError("no_original")
    surface.pop("blocks", None)
    surface.update(content)
    versions = state.versions.get((surface["channel"], surface["ts"]))
    if versions is not None:
        versions.append(content["text"])
    state.changed()


def _remove(state: State, surface: dict | None) -> None:
    if surface is None:
        raise RefusedError("no_original")
    if surface in state.ephemerals:
        state.ephemerals.remove(surface)
    else:
        key = (surface["channel"], surface["ts"])
        state.deleted[key] = state.messages.pop(key)
    state.changed()
