"""Tests of keys and passwords: found by form, by name and in prose, not in manuals."""

import pytest

from moderation.credentials import passwords, secrets
from moderation.screen import screen
from moderation.verdict import Severity

HEX = "0123456789abcdef"
KEYS = [
    "glpat-" + "aB3" * 8,
    "xoxp-" + "123456789012-" * 3 + HEX * 2,
    "https://hooks.slack.com/services/" + "T0AB1CD2E/B0AB1CD2E/" + "aB3" * 8,
    "https://discord.com/api/webhooks/" + "123456789012345678/" + "aB3_" * 17,
    "123456789:" + "AA" + "bC3" * 11,
    "rk_live_" + "aB3" * 8,
    "GOCSPX-" + "aB3d" * 7,
    "hf_" + "aBcDeF" * 6,
    "npm_" + "aB3d" * 9,
    "pypi-" + "AgEIcHlwaS5vcmc" + "aB3d" * 20,
    "SG." + "aB3d" * 5 + "." + "aB3d" * 10,
    "dop_v1_" + HEX * 4,
    "-----BEGIN PGP " + "PRIVATE KEY BLOCK-----",
    "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0In0." + "aB3d" * 10,
    "mongodb+srv://bob:" + "Xy12zz9w@cluster0.example.net",
    "https://bob:" + "Xy12zz9w@example.org/path",
    "redis://:" + "Xy12zz9w@localhost:6379/0",
    "$2b$12$" + "aB3d" * 13,
    "curl --user bob:" + "Xy12zz9w https://example.org",
]
NAMED = [
    "SECRET_KEY={}",
    'api_key = "{}"',
    '"client_secret": "{}",',
    "Our API key is {}.",
    "the access token for staging is {}",
    "Authorization: Bearer {}",
    "https://api.example.org/me?access_token={}",
    "What is the deploy token?\n{}",
    "My key for the weather api is {}",
]
PASSWORDS = [
    "pw: {}",
    "pass = {}",
    "DB_PASSWORD={}",
    "PGPASSWORD={} psql",
    '"password": "{}",',
    "password => '{}',",
    "<password>{}</password>",
    "user: admin / password: {}",
    "ssh root@10.0.0.3 (password {})",
    "We changed the root password to {} yesterday.",
    "the password's {}",
    "Das Passwort ist {}",
    "What's the staging password?\n{}",
    "creds -> bob:{}",
]
HARMLESS = [
    "API_KEY=YOUR_API_KEY",
    "token: xxxxxxxxxxxxxxxxxxxxxxxx",
    "export TOKEN=<your-token>",
    'password = os.environ["DB_PASSWORD"]',
    "DB_PASSWORD=${DB_PASSWORD}",
    "token: ${{ secrets.GITHUB_TOKEN }}",
    "postgres://user:password@localhost:5432/app",
    "token = get_token(session_id, max_age=3600)",
    "ghp_" + "x" * 36,
    "AKIA" + "X" * 16,
    "sk_live_...",
    "password: changeme",
    "The password must have at least 12 characters.",
    "Where do I reset my password?\nAsk in #it-help.",
    "Who resets my password?\n@desk2",
    "PASSWORD_MIN_LENGTH=12",
    "max_tokens: 2048",
    "The primary key is customer_id2.",
    "Commit 3f786850e387550fdab836ed7e6dc881de23001b fixed it.",
    "sha256: " + HEX * 4,
    "integrity: sha512-" + "aB3d" * 21 + "aB==",
    "ssh-ed25519 " + "AAAAC3NzaC1lZDI1NTE5AAAAI" + "aB3d" * 10,
    "https://docs.example.org/document/d/" + "aB3d" * 11 + "/edit",
    "See MyVeryLongClassNameForTheFactoryBean2 for it.",
    "The request's id is 123e4567-e89b-12d3-a456-426614174000.",
    "user <@123456789012345678> in channel 987654321098765432",
]


@pytest.mark.parametrize("key", KEYS)
def test_a_key_is_known_by_its_form(key):
    assert secrets(f"It is {key}, keep it.")
    assert screen(f"It is {key}, keep it.").refused


@pytest.mark.parametrize("place", NAMED)
@pytest.mark.parametrize(
    "key", [HEX * 2, "Xk29aLq81Zp0Qw7rTy55Bn3m", "qWeRtYPaSdFGhJkLzXcVBnMQwErT"]
)
def test_a_key_without_a_form_is_known_by_the_name_before_it(place, key):
    assert screen(place.format(key)).refused


@pytest.mark.parametrize("place", PASSWORDS)
@pytest.mark.parametrize("password", ["k#1obZ@@hr", "8oDyMAoX*Z", "_3lNQpcts9"])
def test_a_password_is_held_or_refused_however_it_is_told(place, password):
    verdict = screen(place.format(password))

    assert verdict.held or verdict.refused


@pytest.mark.parametrize("text", HARMLESS)
def test_manuals_and_other_long_words_hold_no_secret(text):
    assert secrets(text) == []
    assert passwords(text) == []


def test_a_long_random_word_without_a_name_is_held():
    text = "Paste Xk29aLq81Zp0Qw7rTy55Bn3mXk29aLq81Zp0Qw7r there."

    [finding] = screen(text).findings

    assert finding.severity is Severity.HOLD
    assert text[finding.start : finding.end].startswith("Xk29")
