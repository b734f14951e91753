"""The bodies of what Slack sends to an app, in the shapes its documentation shows."""

import re
from copy import deepcopy

from tests.fake_slack_entities import Channel, Person, Team
from tests.fake_slack_limits import elements
from tests.fake_slack_state import State

_OF_TYPE = {
    "channels_select": "selected_channel",
    "checkboxes": "selected_options",
    "conversations_select": "selected_conversation",
    "datepicker": "selected_date",
    "datetimepicker": "selected_date_time",
    "external_select": "selected_option",
    "file_input": "files",
    "multi_channels_select": "selected_channels",
    "multi_conversations_select": "selected_conversations",
    "multi_external_select": "selected_options",
    "multi_static_select": "selected_options",
    "multi_users_select": "selected_users",
    "overflow": "selected_option",
    "radio_buttons": "selected_option",
    "rich_text_input": "rich_text_value",
    "static_select": "selected_option",
    "timepicker": "selected_time",
    "users_select": "selected_user",
}
_WITHOUT_STATE = {"button", "feedback_buttons", "icon_button", "overflow"}


def event_callback(state: State, team: Team, event: dict, *, shared: bool) -> dict:
    """Wrap an event as the Events API does, with an id of its own."""
    return {
        "token": "verification",
        "team_id": team.id,
        "api_app_id": state.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": state.new_id("Ev"),
        "event_time": int(state.now()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": team.id,
                "user_id": team.bot_user,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": shared,
        "event_context": "4-fake",
    }


def said(state: State, person: Person, channel: Channel, text: str) -> dict:
    """Return the message a person's client makes of a text."""
    return {
        "type": "message",
        "channel": channel.id,
        "user": person.id,
        "client_msg_id": f"fake-{state.new_id('')}",
        "team": person.team.id,
        "text": text,
        "ts": state.new_ts(),
        "blocks": rich_text(state, text),
    }


def rich_text(state: State, text: str) -> list[dict]:
    """Return the one block that a person's text becomes."""
    parts = []
    for part in re.split(r"(<@\w+>)", text):
        if part.startswith("<@"):
            parts.append({"type": "user", "user_id": part[2:-1]})
        elif part:
            parts.append({"type": "text", "text": part})
    section = {"type": "rich_text_section", "elements": parts}
    block_id = state.new_id("b")
    return [{"type": "rich_text", "block_id": block_id, "elements": [section]}]


def message_event(message: dict, channel: Channel) -> dict:
    """Return the `message` event of a message, as a copy nobody changes later."""
    event = deepcopy(message)
    event |= {"event_ts": message["ts"], "channel_type": channel.kind}
    return event


def change_event(
    state: State, subtype: str, message: dict, before: dict, channel: Channel
) -> dict:
    """Return a message_changed or message_deleted event."""
    ts = state.new_ts()
    event = {
        "type": "message",
        "subtype": subtype,
        "previous_message": deepcopy(before),
        "channel": channel.id,
        "hidden": True,
        "ts": ts,
        "event_ts": ts,
        "channel_type": channel.kind,
    }
    if subtype == "message_deleted":
        event["deleted_ts"] = message["ts"]
    else:
        event["message"] = deepcopy(message)
    return event


def interaction(state: State, kind: str, person: Person, team: Team) -> dict:
    """Return what every interaction has in common."""
    return {
        "type": kind,
        "token": "verification",
        "api_app_id": state.app_id,
        "team": {"id": team.id, "domain": team.domain},
        "user": {
            "id": person.id,
            "username": person.name,
            "name": person.name,
            "team_id": person.team.id,
        },
        "enterprise": None,
        "is_enterprise_install": False,
    }


def named(channel: Channel) -> dict:
    """Return a channel as interactions show it."""
    return {"id": channel.id, "name": channel.name or "directmessage"}


def element_of(surface: dict, action_id: str, value=None, block_id=None) -> dict:
    """Find the one element a person means, or say what there is instead."""
    found = [
        each
        for each in elements(surface.get("blocks", []))
        if each.get("action_id") == action_id
        and value in (None, each.get("value"))
        and block_id in (None, each["block_id"])
    ]
    if len(found) != 1:
        there = [
            (each.get("action_id"), each.get("value"))
            for each in elements(surface.get("blocks", []))
        ]
        raise LookupError(f"{len(found)} elements are {action_id!r}; here: {there}")
    return found[0]


def action(element: dict, choice, ts: str) -> dict:
    """Return the action that using an element sends."""
    body = {
        name: element[name]
        for name in ("type", "action_id", "block_id", "text", "value", "style", "url")
        if name in element
    }
    body["action_ts"] = ts
    if element["type"] == "feedback_buttons":
        pressed = element[f"{choice}_button"]
        body |= {"text": pressed["text"], "value": pressed["value"]}
    elif element["type"] not in _WITHOUT_STATE - {"overflow"}:
        body |= answer(element, choice)
    return body


def answer(element: dict, choice) -> dict:
    """Return an input's answer, as actions and view states carry it."""
    name = _OF_TYPE.get(element["type"], "value")
    if choice is None:
        initial = f"initial_{name.removeprefix('selected_')}"
        choice = element.get(initial)
    elif name == "selected_option":
        choice = _option(element, choice)
    elif name == "selected_options":
        choice = [_option(element, each) for each in choice]
    if choice is None and name in {"selected_options", "files"}:
        choice = []
    return {"type": element["type"], name: choice}


def input_values(surface: dict, values: dict) -> dict:
    """Return `state.values` for what a person entered, by block_id or action_id."""
    entered, left = {}, dict(values)
    for element in elements(surface.get("blocks", [])):
        if element.get("type") in _WITHOUT_STATE:
            continue
        block_id, action_id = element["block_id"], element["action_id"]
        choice = left.pop(block_id, left.pop(action_id, None))
        entered.setdefault(block_id, {})[action_id] = answer(element, choice)
    if left:
        raise LookupError(f"no input is {sorted(left)}; here: {sorted(entered)}")
    return entered


def check_entered(view: dict, entered: dict) -> None:
    """Refuse what Slack's own client would not let a person submit."""
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        given = entered[block["block_id"]][element["action_id"]]
        value = next(each for name, each in given.items() if name != "type")
        if not value and not block.get("optional"):
            raise ValueError(f"{block['block_id']} is required")
        if isinstance(value, str) and len(value) > element.get("max_length", 3000):
            raise ValueError(f"{block['block_id']} is too long")
        if value and len(str(value)) < element.get("min_length", 0):
            raise ValueError(f"{block['block_id']} is too short")


def _option(element: dict, choice) -> dict:
    if isinstance(choice, dict):
        return choice
    groups = [group["options"] for group in element.get("option_groups", [])]
    options = sum(groups, element.get("options", []))
    for option in options:
        if option.get("value") == choice:
            return option
    there = [option.get("value") for option in options]
    raise LookupError(f"no option is {choice!r}; here: {there}")
