"""The fake Web API's methods for messages, ephemerals and streams."""

from tests.fake_slack_conversations import readable, writable
from tests.fake_slack_entities import Channel, RefusedError, Stream, Team
from tests.fake_slack_limits import MARKDOWN_TEXT, MESSAGE_TEXT
from tests.fake_slack_state import State


def post_message(state: State, team: Team, args: dict) -> dict:
    if args.get("channel") in state.people:
        args["channel"] = state.dm(state.people[args["channel"]]).id
    channel = writable(state, team, args)
    message = _composed(state, team, channel, args)
    state.keep(message)
    state.announce(None, message, {})
    return {"channel": channel.id, "ts": message["ts"], "message": message}


def update(state: State, team: Team, args: dict) -> dict:
    """Change an own message; text without blocks removes the blocks it had."""
    channel = readable(state, team, args)
    message = _own(state, team, channel, args, "cant_update_message")
    before = dict(message)
    if "text" in args or "markdown_text" in args or "blocks" in args:
        message["text"] = _text(args)
        message.pop("blocks", None)
        if args.get("blocks"):
            message["blocks"] = state.checked_blocks(args["blocks"])
    else:
        raise RefusedError("no_text")
    message["edited"] = {"user": team.bot_user, "ts": state.new_ts()}
    state.versions[channel.id, message["ts"]].append(message["text"])
    state.announce("message_changed", message, before)
    return {
        "channel": channel.id,
        "ts": message["ts"],
        "text": message["text"],
        "message": message,
    }


def delete(state: State, team: Team, args: dict) -> dict:
    channel = readable(state, team, args)
    message = _own(state, team, channel, args, "cant_delete_message")
    key = (channel.id, message["ts"])
    state.deleted[key] = state.messages.pop(key)
    state.announce("message_deleted", message, message)
    return {"channel": channel.id, "ts": message["ts"]}


def post_ephemeral(state: State, team: Team, args: dict) -> dict:
    channel = writable(state, team, args)
    if args.get("user") not in channel.members:
        raise RefusedError("user_not_in_channel")
    message = _composed(state, team, channel, args)
    message |= {"user": args["user"], "is_ephemeral": True}
    state.ephemerals.append(message)
    return {"message_ts": message["ts"]}


def start_stream(state: State, team: Team, args: dict) -> dict:
    channel = writable(state, team, args)
    if "thread_ts" not in args:
        raise RefusedError("invalid_thread_ts")
    if channel.kind != "im":
        for name in ("recipient_user_id", "recipient_team_id"):
            if name not in args:
                raise RefusedError(f"missing_{name}")
    text = _streamed(args)
    message = _composed(state, team, channel, {**args, "text": text or " "})
    message["text"] = text
    state.keep(message)
    state.streams[channel.id, message["ts"]] = Stream([text])
    return {"channel": channel.id, "ts": message["ts"]}


def append_stream(state: State, team: Team, args: dict) -> dict:
    channel = readable(state, team, args)
    message = _own(state, team, channel, args, "message_not_owned_by_app")
    stream = state.streams.get((channel.id, message["ts"]))
    if stream is None or stream.stopped:
        raise RefusedError("message_not_in_streaming_state")
    text = _streamed(args)
    if text:
        stream.parts.append(text)
        message["text"] = stream.text
        state.versions[channel.id, message["ts"]].append(stream.text)
    return {"channel": channel.id, "ts": message["ts"]}


def stop_stream(state: State, team: Team, args: dict) -> dict:
    blocks = state.checked_blocks(args.get("blocks", []))
    answer = append_stream(state, team, args)
    key = (answer["channel"], answer["ts"])
    state.streams[key].stopped = True
    if blocks:
        state.messages[key]["blocks"] = blocks
    state.announce("message_changed", state.messages[key], {})
    return {**answer, "message": state.messages[key]}


def permalink(state: State, team: Team, args: dict) -> dict:
    channel = readable(state, team, args)
    ts = state.message(channel, args["message_ts"])["ts"].replace(".", "")
    link = f"https://{team.domain}.slack.example/archives/{channel.id}/p{ts}"
    return {"channel": channel.id, "permalink": link}


def _composed(state: State, team: Team, channel: Channel, args: dict) -> dict:
    if not any(args.get(name) for name in ("text", "markdown_text", "blocks")):
        raise RefusedError("no_text")
    message = {
        "type": "message",
        "channel": channel.id,
        "user": team.bot_user,
        "bot_id": team.bot_id,
        "app_id": state.app_id,
        "team": team.id,
        "text": _text(args),
        "ts": state.new_ts(),
    }
    if args.get("blocks"):
        message["blocks"] = state.checked_blocks(args["blocks"])
    if args.get("thread_ts"):
        key = (channel.id, args["thread_ts"])
        if key not in state.messages and key not in state.deleted:
            raise RefusedError("thread_not_found")
        message["thread_ts"] = args["thread_ts"]
    for name in ("metadata", "unfurl_links", "unfurl_media"):
        if name in args:
            message[name] = args[name]
    return message


def _text(args: dict) -> str:
    markdown = args.get("markdown_text")
    if markdown is not None and ("text" in args or "blocks" in args):
        raise RefusedError("markdown_text_conflict")
    text = args.get("text", "") if markdown is None else markdown
    if len(text) > (MESSAGE_TEXT if markdown is None else MARKDOWN_TEXT):
        raise RefusedError("msg_too_long")
    return text


def _streamed(args: dict) -> str:
    chunks = args.get("chunks") or []
    if args.get("markdown_text"):
        chunks = [{"type": "markdown_text", "text": args["markdown_text"]}, *chunks]
    texts = [chunk["text"] for chunk in chunks if chunk["type"] == "markdown_text"]
    if any(len(text) > MARKDOWN_TEXT for text in texts):
        raise RefusedError("msg_too_long")
    return "".join(texts)


def _own(state: State, team: Team, channel: Channel, args: dict, error: str) -> dict:
    message = state.message(channel, args.get("ts", ""))
    if message.get("bot_id") != team.bot_id:
        raise RefusedError(error)
    return message
