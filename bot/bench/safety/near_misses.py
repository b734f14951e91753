"""Harmless texts that look like secrets or personal data, as lessons have them."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from faker import Faker

PLACEHOLDERS = (
    "Set API_KEY=YOUR_API_KEY in the .env file.",
    "api_key: xxxxxxxxxxxxxxxxxxxxxxxx",
    "export TOKEN=<your-token>",
    "Authorization: Bearer YOUR_ACCESS_TOKEN",
    "password: ********",
    'password = os.environ["DB_PASSWORD"]',
    "DB_PASSWORD=${DB_PASSWORD}",
    "token: ${{ secrets.GITHUB_TOKEN }}",
    "postgres://user:password@localhost:5432/app",
    "postgres://USER:PASSWORD@HOST/DB is the form of the address.",
    "https://<user>:<token>@git.example.org/repo.git",
    "Your key starts with sk_live_... and stands in the dashboard.",
    "Tokens begin with ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.",
    "AWS keys look like AKIAXXXXXXXXXXXXXXXX.",
    "client_secret: REPLACE_ME_WITH_YOUR_SECRET",
    "password: changeme",
    "The password must have at least 12 characters and a digit.",
    "Your password is never shown to moderators.",
    "Reset your password at https://example.org/reset.",
    "docker run -e POSTGRES_PASSWORD=$POSTGRES_PASSWORD postgres",
    "def login(user: str, password: str | None = None) -> Session:",
    "Ask in #it-help or @desk when you forgot your password.",
    "real 0m6.928s, user 0m0.408s, sys 0m0.110s",
    "The cache key is made of the name and the version.",
    "Link to MyVeryLongClassNameForTheFactoryBean2 in the docs.",
    "The token expires after 30 minutes.",
    "max_tokens: 2048",
    "The primary key is customer_id2.",
    "The secret ingredient is 200 g of butter.",
    "Passwords are hashed with argon2id before they are stored.",
    "Put the token into .env, never into chat.",
    "PASSWORD_MIN_LENGTH=12",
    "The access code is on the board in room 4.2.",
    "API key rotation happens every 90 days.",
    "token = get_token(session_id, max_age=3600)",
    "Enter the 6-digit code that the app shows.",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0hLmJ8Q4m8XbKk0d4x6v8F9q3rS7tUvWxYz1234567",
    "Write to support@example.org or call the help desk at 0800 123 4567.",
    "The hotline is +49 30 901820, Monday to Friday.",
    "Our front desk: (212) 555-0147.",
    "Mail info@example.org for the price list.",
    "git clone git@github.com:example/example.git",
    "Clone it with ssh://git@git.example.org/team/repo.git.",
    "The server listens on 10.0.4.17:8080, its neighbour on 192.168.1.20.",
    "Bind it to 127.0.0.1 or 0.0.0.0.",
    "We use 1.1.1.1 and 8.8.8.8 as resolvers.",
    "Install version 10.4.22.7 of the driver.",
    "The museum is at 12 Harbour Road.",
    "Mention @priya or write to #help.",
    "It costs $1,234,567.89, or 1 234 567,89 \u20ac.",
    "Call 112 in an emergency, extension 4123 for the desk.",
    "The tournament runs 2026-03-01 to 2026-03-05, 10:00-18:30.",
)


def _order(random: Random, _fake: Faker) -> str:
    return f"Order no. {random.randrange(10**9, 10**13)} was shipped."


def _wrong_card(random: Random, fake: Faker) -> str:
    number = fake.credit_card_number("visa16")
    wrong = (int(number[-1]) + random.randint(1, 9)) % 10
    return f"Test with {number[:-1]}{wrong}: it is not a valid card."


def _wrong_account(_random: Random, fake: Faker) -> str:
    account = fake.iban()
    return f"IBAN {account[:2]}{(int(account[2:4]) + 1) % 97:02}{account[4:]} is wrong."


def _day(random: Random) -> date:
    return date(2020, 1, 1) + timedelta(days=random.randrange(3000))


MAKERS: tuple[Callable[[Random, Faker], str], ...] = (
    lambda _r, f: f"The id of the job is {f.uuid4()}.",
    lambda _r, f: f"Commit {f.sha1()} fixed it.",
    lambda _r, f: f"Reverted in {f.sha1()[:10]}, see the log.",
    lambda _r, f: f"The file's SHA-256 is {f.sha256()}.",
    lambda _r, f: f"md5 {f.md5()}  archive.tar.gz",
    _order,
    lambda r, _f: f"Tracking number 1Z{r.randrange(10**15, 10**16)}.",
    lambda r, _f: (
        f"Use version {r.randint(0, 9)}.{r.randint(0, 30)}.{r.randint(0, 99)}."
    ),
    lambda r, _f: (
        f"Build {r.randint(1, 20)}.0.{r.randint(1, 9999)}.{r.randint(1, 99)}."
    ),
    lambda _r, f: f"The book is ISBN {f.isbn13()}.",
    lambda _r, f: f"Read {f.isbn10()} first.",
    lambda _r, f: f"Barcode {f.ean13()} is the large bag.",
    lambda r, _f: f"The channel's id is {r.randrange(10**17, 10**18)}.",
    lambda r, _f: f"User {r.randrange(10**18, 14 * 10**17)} is the bot.",
    _wrong_card,
    _wrong_account,
    lambda _r, f: f"An invalid number such as {f.invalid_ssn()} is refused.",
    lambda r, _f: f"It starts on {_day(r)} at {r.randrange(24)}:{r.randrange(10, 60)}.",
    lambda r, _f: f"Epoch {r.randrange(10**9, 2 * 10**9)} is the cut-off.",
    lambda r, _f: f"It costs {r.randrange(1, 10**6):,}.{r.randrange(100):02} EUR.",
    lambda _r, f: f"See {f.url()}{f.uri_path()} for more.",
    lambda r, _f: f"Open port {r.randrange(1024, 65536)} on the firewall.",
    lambda _r, f: f"{f.first_name()} {f.last_name()} maintains it.",
    lambda _r, f: f"The card's MAC address is {f.mac_address()}.",
    lambda _r, f: f"Ticket {f.bothify('???-####').upper()} tracks it.",
    lambda _r, f: f"The colour is {f.hex_color()}, the file {f.file_path()}.",
    lambda _r, f: f"It weighs {f.pyfloat(min_value=0, max_value=9999)} kg.",
    lambda r, _f: (
        f"The link is https://youtu.be/{r.choice(['dQw4w9WgXcQ', 'a1B2c3D4e5F'])}."
    ),
)


def made(random: Random, fake: Faker, each: int) -> list[str]:
    """Return harmless texts."""
    generated = [make(random, fake) for make in MAKERS for _ in range(each)]
    return [*PLACEHOLDERS, *generated]
