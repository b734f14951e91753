"""manifest.yml asks for what the code uses, and for nothing else."""

import ast
import re
from pathlib import Path

import yaml

from bot.slack_app import app, surface
from tests.fake_slack_methods import EVENT_SCOPES, METHODS, SCOPE_PREFIXES

ROOT = Path(__file__).parent.parent
MANIFEST = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))
FEATURES = MANIFEST["features"]
FAMILY = ("chat", "conversations", "users", "views", "files", "assistant", "pins")
"""How the names of Web API methods begin in the code."""


def test_scopes_are_those_of_the_code():
    assert tuple(MANIFEST["oauth_config"]["scopes"]["bot"]) == surface.SCOPES


def test_events_are_those_of_the_code():
    subscriptions = MANIFEST["settings"]["event_subscriptions"]["bot_events"]

    assert tuple(subscriptions) == surface.EVENTS


def test_commands_and_shortcuts_are_those_of_the_code():
    commands = [each["command"] for each in FEATURES["slash_commands"]]
    shortcuts = {each["type"]: each["callback_id"] for each in FEATURES["shortcuts"]}

    assert tuple(commands) == surface.COMMANDS
    assert all(each["should_escape"] for each in FEATURES["slash_commands"])
    assert shortcuts == {
        "global": surface.TEACH_ANYWHERE,
        "message": surface.TEACH_MESSAGE,
    }


def test_the_features_that_the_code_fills_are_on():
    home = FEATURES["app_home"]

    assert home["home_tab_enabled"]
    assert home["messages_tab_enabled"]
    assert not home["messages_tab_read_only_enabled"]
    assert FEATURES["agent_view"]["agent_description"]
    assert MANIFEST["settings"]["interactivity"]["is_enabled"]
    assert MANIFEST["settings"]["socket_mode_enabled"]


def test_texts_fit_what_slack_takes():
    assert len(MANIFEST["display_information"]["description"]) <= 140
    assert all(len(each["description"]) <= 100 for each in FEATURES["slash_commands"])
    assert all(len(each["name"]) <= 24 for each in FEATURES["shortcuts"])
    assert all(len(each["description"]) <= 150 for each in FEATURES["shortcuts"])


def test_each_scope_is_needed_by_a_call_or_an_event_and_each_need_is_met():
    needed = {"commands"}
    for event in surface.EVENTS:
        needed |= {EVENT_SCOPES[event]} if event in EVENT_SCOPES else set()
    for method in called():
        needed |= scopes_of(method)

    assert needed == set(surface.SCOPES)


def test_every_subscribed_event_has_a_listener():
    source = Path(app.__file__).read_text(encoding="utf-8")
    listened = set(re.findall(r'app\.event\("(\w+)"\)', source))

    assert listened == {event.partition(".")[0] for event in surface.EVENTS}


def called():
    """Return the Web API methods that the package calls, as the fake names them."""
    folder = Path(app.__file__).parent
    names = set()
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr.startswith(FAMILY):
                names.add(node.attr)
    found = {method for method in METHODS if method.replace(".", "_") in names}
    if "files_upload_v2" in names:
        found |= {"files.getUploadURLExternal", "files.completeUploadExternal"}
    if "chat_stream" in names:
        found |= {"chat.startStream", "chat.appendStream", "chat.stopStream"}
    return found


def scopes_of(method):
    """Return every scope a method may need, by the kind of conversation."""
    scope = METHODS[method][1]
    if scope.startswith("channels:"):
        kind = scope.partition(":")[2]
        return {f"{prefix}:{kind}" for prefix in SCOPE_PREFIXES.values()}
    return {scope} if scope else set()
