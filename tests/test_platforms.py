"""`myna run`: which platforms it serves, and what it says where none is set up."""

import asyncio
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.platforms import Platform, configured, serve
from bot.settings import load
from learning.errors import MynaError, SettingsError

NOWHERE = Path("no-such-file")
BOT, APP, SECRET = "xoxb-1", "xapp-1", "s3cret"


def chosen(**environ):
    return [
        platform.name
        for platform in configured(load(environ=environ, env_file=NOWHERE))
    ]


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch, tmp_path):
    for name in ("DISCORD_TOKEN", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_without_a_token_it_says_what_is_missing_and_where_to_get_it(tmp_path, capsys):
    code = main(["run", "--data-dir", str(tmp_path / "data")])

    said = capsys.readouterr().err
    assert code != 0
    assert "DISCORD_TOKEN" in said
    assert "https://discord.com/developers/applications" in said
    assert "SLACK_BOT_TOKEN" in said
    assert "https://api.slack.com/apps" in said
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("environ", "names"),
    [
        ({"DISCORD_TOKEN": "t"}, ["Discord"]),
        ({"SLACK_BOT_TOKEN": BOT, "SLACK_APP_TOKEN": APP}, ["Slack"]),
        ({"SLACK_BOT_TOKEN": BOT, "SLACK_SIGNING_SECRET": SECRET}, ["Slack"]),
        (
            {
                "DISCORD_TOKEN": "t",
                "SLACK_SIGNING_SECRET": SECRET,
                "SLACK_CLIENT_ID": "1.2",
                "SLACK_CLIENT_SECRET": "c",
                "ENCRYPTION_KEY": 43 * "A" + "=",
            },
            ["Discord", "Slack"],
        ),
    ],
)
def test_the_platforms_whose_tokens_are_set_are_served(environ, names):
    assert chosen(**environ) == names


@pytest.mark.parametrize(
    ("environ", "missing"),
    [
        ({"SLACK_BOT_TOKEN": BOT}, "SLACK_SIGNING_SECRET"),
        ({"SLACK_APP_TOKEN": APP}, "SLACK_BOT_TOKEN"),
        (
            {
                "SLACK_SIGNING_SECRET": SECRET,
                "SLACK_CLIENT_ID": "1",
                "SLACK_CLIENT_SECRET": "c",
            },
            "ENCRYPTION_KEY",
        ),
    ],
)
def test_a_platform_half_set_up_is_a_sentence(environ, missing):
    with pytest.raises(SettingsError, match=missing):
        chosen(**environ)


async def test_a_platform_that_fails_ends_the_others_with_its_sentence():
    ended = []

    async def fails(_wired):
        raise SettingsError("The token is wrong.")

    async def runs(_wired):
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("the other")

    with pytest.raises(MynaError, match="The token is wrong"):
        await serve(None, [Platform("A", runs), Platform("B", fails)])

    assert ended == ["the other"]
