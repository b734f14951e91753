"""The fake Web API's methods for modals and Home tabs."""

from tests.fake_slack_entities import Person, RefusedError, Team, Trigger
from tests.fake_slack_state import State

TRIGGER_SECONDS = 3
MODALS_AT_ONCE = 3


def open_view(state: State, team: Team, args: dict) -> dict:
    person = _exchanged(state, args)
    view = _new_view(state, team, args["view"], "modal")
    view["root_view_id"] = view["id"]
    state.stacks[person.id] = [view["id"]]
    return {"view": view}


def push(state: State, team: Team, args: dict) -> dict:
    person = _exchanged(state, args)
    return {"view": pushed(state, team, person, args["view"])}


def pushed(state: State, team: Team, person: Person, view: dict) -> dict:
    """Put a view on top of the person's modals, of which three fit."""
    stack = state.stacks.get(person.id, [])
    if not stack:
        raise RefusedError("not_found")
    if len(stack) >= MODALS_AT_ONCE:
        raise RefusedError("push_limit_reached")
    view = _new_view(state, team, view, "modal")
    view |= {"previous_view_id": stack[-1], "root_view_id": stack[0]}
    stack.append(view["id"])
    return view


def update(state: State, team: Team, args: dict) -> dict:
    """Replace a view that is still open; `hash` refuses to overwrite a newer one."""
    view_id = args.get("view_id") or next(
        (
            view["id"]
            for view in state.views.values()
            if args.get("external_id") and view["external_id"] == args["external_id"]
        ),
        "",
    )
    shown = [each for stack in state.stacks.values() for each in stack]
    shown += [home["id"] for home in state.homes.values()]
    if view_id not in shown or state.views[view_id]["team_id"] != team.id:
        raise RefusedError("not_found")
    if args.get("hash") not in (None, state.views[view_id]["hash"]):
        raise RefusedError("hash_conflict")
    return {"view": replaced(state, team, view_id, args["view"])}


def replaced(state: State, team: Team, view_id: str, view: dict) -> dict:
    """Put new content in a view, which keeps its id and its place."""
    old = state.views[view_id]
    new = _new_view(state, team, view, old["type"])
    del state.views[new["id"]]
    for name in ("id", "root_view_id", "previous_view_id"):
        new[name] = old[name]
    old.clear()
    old.update(new)
    return old


def publish(state: State, team: Team, args: dict) -> dict:
    person = state.people.get(args.get("user_id", ""))
    if person is None or person.team is not team:
        raise RefusedError("user_not_found")
    current = state.homes.get(person.id)
    if current and args.get("hash") not in (None, current["hash"]):
        raise RefusedError("hash_conflict")
    view = _new_view(state, team, args["view"], "home")
    if current:
        view["id"] = current["id"]
    view["root_view_id"] = view["id"]
    state.homes[person.id] = state.views[view["id"]] = view
    return {"view": view}


def new_trigger(state: State, person: Person) -> str:
    """Return a trigger_id that opens one view within three seconds."""
    trigger_id = f"{state.new_id('')}.{person.team.id}.fake"
    state.triggers[trigger_id] = Trigger(person, state.now() + TRIGGER_SECONDS)
    return trigger_id


def submitted(state: State, person: Person, view: dict, answer: dict) -> None:
    """Do what the app's answer to a submission asks: close, keep, update, push, clear."""
    action = answer.get("response_action")
    if action == "errors":
        inputs = {b["block_id"] for b in view["blocks"] if b["type"] == "input"}
        unknown = set(answer.get("errors", {})) - inputs
        if unknown or not answer.get("errors"):
            state.protocol_problems.append(f"errors name no input: {sorted(unknown)}")
    elif action == "update":
        replaced(state, person.team, view["id"], answer["view"])
    elif action == "push":
        pushed(state, person.team, person, answer["view"])
    elif action == "clear":
        state.stacks.pop(person.id, None)
    elif not answer:
        closed(state, person, view)
    else:
        state.protocol_problems.append(f"no response_action is {action!r}: {answer}")


def closed(state: State, person: Person, view: dict) -> None:
    """Take a view off the person's screen; what was under it is seen again."""
    stack = state.stacks.get(person.id, [])
    if view["id"] in stack:
        stack.remove(view["id"])


def _exchanged(state: State, args: dict) -> Person:
    trigger = state.triggers.get(args.get("trigger_id", ""))
    error = ""
    if trigger is None:
        error = "invalid_trigger_id"
    elif trigger.used:
        error = "exchanged_trigger_id"
    elif state.now() > trigger.expires:
        error = "expired_trigger_id"
    if trigger is None or error:
        state.protocol_problems.append(error)
        raise RefusedError(error)
    trigger.used = True
    return trigger.person


def _new_view(state: State, team: Team, given: dict, kind: str) -> dict:
    view = state.checked_view(given)
    if view["type"] != kind:
        raise RefusedError("invalid_arguments")
    view_id = state.new_id("V")
    defaults = {
        "callback_id": "",
        "private_metadata": "",
        "external_id": "",
        "title": {"type": "plain_text", "text": "View Title"},
        "close": None,
        "submit": None,
        "clear_on_close": False,
        "notify_on_close": False,
        "previous_view_id": None,
        "root_view_id": view_id,
    }
    state.views[view_id] = {
        **defaults,
        **view,
        "id": view_id,
        "team_id": team.id,
        "app_id": state.app_id,
        "app_installed_team_id": team.id,
        "bot_id": team.bot_id,
        "hash": state.new_id("h"),
        "state": {"values": {}},
    }
    return state.views[view_id]
