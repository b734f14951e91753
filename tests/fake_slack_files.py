"""The fake Web API's methods for files, and for installing the app with OAuth."""

import json
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.fake_slack_chat import readable
from tests.fake_slack_entities import Person, RefusedError, Team
from tests.fake_slack_state import State


def file_info(state: State, team: Team, args: dict) -> dict:
    file = state.files.get(args.get("file", ""))
    if file is None or file["user_team"] != team.id:
        raise RefusedError("file_not_found")
    return {"file": file}


def upload_url(state: State, team: Team, args: dict) -> dict:
    """First step of files_upload_v2: where to send the bytes."""
    bot = state.people[team.bot_user]
    file = state.add_file(bot, args["filename"], b"")
    file |= {"size": int(args["length"]), "complete": False}
    url = f"{state.base}/upload/{file['id']}"
    return {"upload_url": url, "file_id": file["id"]}


def complete_upload(state: State, team: Team, args: dict) -> dict:
    """Last step of files_upload_v2: the file appears in its channel."""
    files = []
    for each in args["files"]:
        file = state.files.get(each["id"])
        if file is None or file["size"] != len(state.file_bodies[each["id"]]):
            raise RefusedError("file_not_found")
        file |= {"title": each.get("title") or file["name"], "complete": True}
        files.append(file)
    if args.get("channel_id"):
        channel = readable(state, team, {"channel": args["channel_id"]})
        message = {
            "type": "message",
            "subtype": "file_share",
            "channel": channel.id,
            "user": team.bot_user,
            "bot_id": team.bot_id,
            "team": team.id,
            "text": args.get("initial_comment", ""),
            "files": files,
            "ts": state.new_ts(),
        }
        if args.get("thread_ts"):
            message["thread_ts"] = args["thread_ts"]
        state.keep(message)
        for file in files:
            file["channels"].append(channel.id)
    return {"files": [{"id": file["id"], "title": file["title"]} for file in files]}


def approve(state: State, authorize_url: str, person: Person) -> str:
    """Install the app as a person would on Slack's page; return where it redirects."""
    asked = {k: v[0] for k, v in parse_qs(urlsplit(authorize_url).query).items()}
    if asked["client_id"] != state.client_id:
        raise RefusedError("invalid_client_id")
    code = state.new_id("code")
    state.oauth_codes[code] = (person, asked.get("scope", ""))
    query = urlencode({"code": code, "state": asked.get("state", "")})
    return f"{asked.get('redirect_uri', '')}?{query}"


def oauth_access(state: State, args: dict) -> dict:
    """Exchange a code for the workspace's bot token, once."""
    secret = (args.get("client_id"), args.get("client_secret"))
    if secret != (state.client_id, state.client_secret):
        raise RefusedError("bad_client_secret")
    if args.get("code") not in state.oauth_codes:
        raise RefusedError("invalid_code")
    person, scope = state.oauth_codes.pop(args["code"])
    person.team.barred = None
    return {
        "app_id": state.app_id,
        "authed_user": {"id": person.id},
        "scope": scope,
        "token_type": "bot",
        "access_token": person.team.bot_token,
        "bot_user_id": person.team.bot_user,
        "team": {"id": person.team.id, "name": person.team.name},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def decoded(args: dict) -> dict:
    """Read the JSON that form fields carry, and drop what is None."""
    read = {}
    for name, value in args.items():
        structured = isinstance(value, str) and value[:1] in {"[", "{"}
        if structured and name not in {"text", "markdown_text"}:
            read[name] = json.loads(value)
        elif value is not None:
            read[name] = value
    return read
