"""The Bolt app: which listener hears what."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.response import BoltResponse

from bot.cards import Verb
from bot.slack_app import forms, secrets, surface, tool_forms
from bot.slack_app.actions import Actions
from bot.slack_app.asking import Asking
from bot.slack_app.commands import Commands
from bot.slack_app.events import Events
from bot.slack_app.installations import PLATFORM, Installations, States
from bot.slack_app.listeners import Listeners, broke
from bot.slack_app.submissions import Submissions
from bot.slack_app.teaching import Teachers
from bot.slack_app.workspaces import Authorize, Workspaces

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.core import Core
    from bot.slack_app.farewells import Farewells
    from bot.slack_app.options import SlackOptions
    from bot.slack_app.parts import SlackParts

BUTTONS = re.compile("^({})$".format("|".join(verb.value for verb in Verb)))
FORMS = (
    forms.TEACH,
    forms.CORRECT,
    forms.CORRECT_LESSON,
    forms.EDIT,
    forms.REJECT,
    forms.IMPORT,
    forms.APPROVE_MANY,
    forms.APPROVE_PARTS,
    forms.REJECT_DOCUMENT,
    secrets.FORM,
    *tool_forms.CALLBACKS,
)


def build(
    options: SlackOptions,
    client: AsyncWebClient,
    workspaces: Workspaces,
    installations: Installations | None,
    slack: SlackParts,
) -> AsyncApp:
    """Return the app without listeners; with a store, workspaces can install it."""
    oauth = None
    if installations is not None:
        oauth = AsyncOAuthSettings(
            client_id=options.client_id,
            client_secret=options.client_secret,
            scopes=surface.SCOPES,
            user_scopes=[],
            install_path=surface.INSTALL_PATH,
            redirect_uri_path=surface.REDIRECT_PATH,
            installation_store=installations,
            state_store=States(slack.clock),
        )
    return AsyncApp(
        name="myna",
        client=client,
        signing_secret=options.signing_secret,
        authorize=Authorize(workspaces),  # type: ignore[arg-type] # it may be one
        oauth_settings=oauth,
        raise_error_for_unhandled_request=True,
    )


def listen(
    app: AsyncApp, slack: SlackParts, listeners: Listeners, farewells: Farewells
) -> None:
    """Register every listener."""
    own = listeners.own
    teachers = Teachers(slack)
    commands = Commands(slack, teachers)
    events = Events(slack, Asking(slack, teachers), farewells)
    app.use(once(slack.core))
    app.event("app_mention")(own(events.mentioned))
    app.event("message")(own(events.message))
    app.event("app_home_opened")(own(events.home_opened))
    app.event("app_uninstalled")(own(events.uninstalled))
    app.event("tokens_revoked")(own(events.tokens_revoked))
    app.command(surface.TEACH)(own(commands.teach))
    app.command(surface.MYNA)(own(commands.myna))
    app.global_shortcut(surface.TEACH_ANYWHERE)(own(commands.teach_anywhere))
    app.message_shortcut(surface.TEACH_MESSAGE)(own(commands.teach_message))
    app.block_action(BUTTONS)(own(Actions(slack).clicked))
    submitted = own(Submissions(slack, teachers).submitted)
    for callback in FORMS:
        app.view_submission(callback)(submitted)
    app.error(broke)


def once(core: Core) -> Callable[..., Awaitable[BoltResponse]]:
    """Return the middleware that lets every event through once, across restarts."""

    async def first(
        body: dict[str, Any], next_: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse:
        event = body.get("event_id")
        if event and not await core.is_first_delivery(PLATFORM, event):
            return BoltResponse(status=200, body="")
        return await next_()

    return first
