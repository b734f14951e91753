"""What the Slack app asks for and offers: manifest.yml says the same, and is tested."""

SCOPES = (
    "app_mentions:read",
    "assistant:write",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "mpim:history",
    "mpim:read",
    "pins:read",
    "users:read",
)
EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "tokens_revoked",
)
TEACH = "/teach"
MYNA = "/myna"
COMMANDS = (TEACH, MYNA)
TEACH_MESSAGE = "teach_message"
TEACH_ANYWHERE = "teach_anywhere"
SHORTCUTS = (TEACH_ANYWHERE, TEACH_MESSAGE)
EVENTS_PATH = "/slack/events"
INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"
