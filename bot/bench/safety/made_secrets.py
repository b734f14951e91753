"""Secrets as people paste them: every provider's form, in prose, code and settings."""

import base64
import json
import string
from collections.abc import Callable
from random import Random

from faker import Faker

HEX = "0123456789abcdef"
ALNUM = string.ascii_letters + string.digits
URL_SAFE = f"{ALNUM}_-"

Maker = Callable[[Random, Faker], str]


def _some(random: Random, alphabet: str, count: int) -> str:
    return "".join(random.choices(alphabet, k=count))


def _jwt(random: Random, fake: Faker) -> str:
    parts = ({"alg": "HS256", "typ": "JWT"}, {"sub": fake.uuid4(), "name": fake.name()})
    told = [base64.urlsafe_b64encode(json.dumps(part).encode()) for part in parts]
    signature = _some(random, URL_SAFE, 43)
    return ".".join([*(part.decode().rstrip("=") for part in told), signature])


def _pem(random: Random, _fake: Faker) -> str:
    kind = random.choice(["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED ", "DSA "])
    body = "\n".join(_some(random, f"{ALNUM}+/", 64) for _ in range(4))
    return f"-----BEGIN {kind}PRIVATE KEY-----\n{body}\n-----END {kind}PRIVATE KEY-----"


def _pgp(random: Random, _fake: Faker) -> str:
    body = "\n".join(_some(random, f"{ALNUM}+/", 64) for _ in range(3))
    head, foot = (f"-----{w} PGP PRIVATE KEY BLOCK-----" for w in ("BEGIN", "END"))
    return f"{head}\n\n{body}\n{foot}"


def _discord(random: Random, _fake: Faker) -> str:
    user = base64.b64encode(str(random.randrange(10**17, 10**18)).encode()).decode()
    return f"{user}.{_some(random, URL_SAFE, 6)}.{_some(random, URL_SAFE, 38)}"


def _database(random: Random, fake: Faker) -> str:
    scheme = random.choice(
        ["postgres", "postgresql", "mysql", "mongodb", "mongodb+srv", "redis", "amqp"]
    )
    user, host = fake.user_name(), fake.hostname()
    password = fake.password(length=random.randint(8, 20), special_chars=False)
    return f"{scheme}://{user}:{password}@{host}/{fake.word()}"


def _basic(random: Random, fake: Faker) -> str:
    secret = fake.password(length=random.randint(8, 14), special_chars=False)
    return f"https://{fake.user_name()}:{secret}@{fake.domain_name()}/{fake.uri_path()}"


def _form(*parts: str | tuple[str, int]) -> Maker:
    """Build a key of fixed texts and random characters: (alphabet, count)."""

    def made(random: Random, _fake: Faker) -> str:
        texts = (p if isinstance(p, str) else _some(random, *p) for p in parts)
        return "".join(texts)

    return made


DIGITS, UPPER = string.digits, string.ascii_uppercase + string.digits
KEYS: dict[str, Maker] = {
    "AWS access key": _form("AKIA", (UPPER, 16)),
    "AWS session key": _form("ASIA", (UPPER, 16)),
    "GitHub token": _form("ghp_", (ALNUM, 36)),
    "GitHub app token": _form("ghs_", (ALNUM, 36)),
    "GitHub fine-grained": _form("github_pat_", (ALNUM, 22), "_", (ALNUM, 59)),
    "GitLab token": _form("glpat-", (URL_SAFE, 20)),
    "Slack bot": _form("xoxb-", (DIGITS, 12), "-", (DIGITS, 13), "-", (ALNUM, 24)),
    "Slack user": _form(
        "xoxp-", (DIGITS, 12), "-", (DIGITS, 12), "-", (DIGITS, 12), "-", (HEX, 32)
    ),
    "Slack app": _form("xapp-1-A", (UPPER, 10), "-", (DIGITS, 13), "-", (HEX, 64)),
    "Slack webhook": _form(
        "https://hooks.slack.com/services/T",
        (UPPER, 8),
        "/B",
        (UPPER, 8),
        "/",
        (ALNUM, 24),
    ),
    "Discord token": _discord,
    "Discord webhook": _form(
        "https://discord.com/api/webhooks/", (DIGITS, 18), "/", (URL_SAFE, 68)
    ),
    "Telegram bot": _form((DIGITS[1:], 10), ":AA", (URL_SAFE, 33)),
    "Stripe secret": _form("sk_live_", (ALNUM, 24)),
    "Stripe restricted": _form("rk_live_", (ALNUM, 24)),
    "Google API key": _form("AIza", (URL_SAFE, 34), (ALNUM, 1)),
    "Google client secret": _form("GOCSPX-", (URL_SAFE, 27), (ALNUM, 1)),
    "OpenAI key": _form("sk-", (ALNUM, 20), "T3BlbkFJ", (ALNUM, 20)),
    "OpenAI project key": _form("sk-proj-", (URL_SAFE, 60), (ALNUM, 1)),
    "Anthropic key": _form("sk-ant-api03-", (URL_SAFE, 92), "AA"),
    "Hugging Face token": _form("hf_", (string.ascii_letters, 34)),
    "npm token": _form("npm_", (ALNUM, 36)),
    "PyPI token": _form("pypi-AgEIcHlwaS5vcmc", (URL_SAFE, 80), (ALNUM, 1)),
    "SendGrid key": _form("SG.", (URL_SAFE, 22), ".", (URL_SAFE, 42), (ALNUM, 1)),
    "Twilio key": _form("SK", (HEX, 32)),
    "DigitalOcean token": _form("dop_v1_", (HEX, 64)),
    "Shopify token": _form("shpat_", (HEX, 32)),
    "Vault token": _form("hvs.", (ALNUM, 24)),
    "JSON web token": _jwt,
    "private key": _pem,
    "PGP private key": _pgp,
    "database address": _database,
    "address with password": _basic,
}
"""Known by their form wherever they stand."""

NAMED: dict[str, Maker] = {
    "password": lambda r, f: f.password(length=r.randint(8, 24)),
    "plain password": lambda r, f: f.password(r.randint(8, 16), special_chars=False),
    "hex key": lambda r, _f: _some(r, HEX, r.choice([32, 40, 64])),
    "base64 key": lambda r, _f: base64.b64encode(
        r.randbytes(r.choice([24, 32]))
    ).decode(),
    "AWS secret": _form((f"{ALNUM}+/", 40)),
    "random key": lambda r, _f: _some(r, ALNUM, r.randint(24, 48)),
}
"""Known only by the word before them."""

ANYWHERE = (
    "{}",
    "Use {} for it.",
    "the key is {}",
    "Just paste {} into the settings and restart the bot",
    "curl -H 'X-Auth: {}' https://api.example.org/v1/things",
    "API_KEY={}",
    'client = Client("{}")',
    "Here you go: `{}` (don't share!)",
    '{{"name": "prod", "value": "{}"}}',
    "hey, can you log in with {}? thanks",
)
PASSWORD_PLACES = (
    "The password is {}",
    "The wifi password for guests is {}.",
    "password: {}",
    "pw: {}",
    "pass = {}",
    "DB_PASSWORD={}",
    "export ADMIN_PASSWORD='{}'",
    '"password": "{}",',
    "  password: '{}'  # staging",
    "spring.datasource.password={}",
    "Log in as admin, password: {}",
    "user: admin / password: {}",
    "We changed the root password to {} yesterday.",
    "mysql --user=root --password={} shop",
    "Das Passwort ist {}",
    "services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: {}\n",
    "Username: bob\nPassword: {}",
    "sshpass -p '{}' ssh root@10.0.0.2",
    "For the test account use bob / {}",
    "What is the staging password?\n{}",
    "rcon.password={}",
    "Server=db;Database=shop;User Id=sa;Password={};",
)
KEY_PLACES = (
    "SECRET_KEY={}",
    'api_key = "{}"',
    "AWS_SECRET_ACCESS_KEY={}",
    "Our API key is {}",
    "auth_token: {}",
    '"client_secret": "{}"',
    "export STRIPE_TOKEN={}",
    "Authorization: Bearer {}",
    "the access token for staging is {}",
    "encryption key = {}",
    "https://api.example.org/v1/me?access_token={}",
    'const token = "{}";',
    '<add key="ApiKey" value="{}" />',
    "headers = {{'X-API-Key': '{}'}}",
    "the shared secret ({}) is new",
    "What is the deploy token?\nIt is {}.",
    "The key for the API is {}",
)


def made(random: Random, fake: Faker, each: int) -> list[tuple[str, str]]:
    """Return kinds of secrets, each with a text that holds one."""
    cases = [
        (kind, random.choice(ANYWHERE).format(make(random, fake)))
        for kind, make in KEYS.items()
        for _ in range(each)
    ]
    for kind, make in NAMED.items():
        places = PASSWORD_PLACES if "password" in kind else KEY_PLACES
        cases += [(kind, place.format(make(random, fake))) for place in places]
    return cases
