"""The tokens of the workspaces that installed Myna, encrypted in our database."""
# ruff: noqa: ARG002 - the signatures are those of slack_sdk

from __future__ import annotations

import json
import logging
import secrets
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import (
    AsyncInstallationStore,
)
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from bot.slack_app.options import refused
from storage import installations

if TYPE_CHECKING:
    from datetime import datetime

    from bot.ports import Clock
    from storage.database import Database

PLATFORM = "slack"
STATE_SECONDS = 600
_PROBE = "key-check"


class Seal:
    """Encrypts with the operator's key. Raises SettingsError for a malformed one."""

    def __init__(self, key: str) -> None:
        try:
            self._fernet = Fernet(key)
        except ValueError as exc:
            raise refused("ENCRYPTION_KEY", "it is malformed") from exc

    def close(self, value: Any) -> bytes:
        """Return a value of JSON as bytes that only the key opens."""
        return self._fernet.encrypt(json.dumps(value, default=_text).encode())

    def open(self, body: bytes) -> Any:
        """Return what was sealed. Raises SettingsError where the key is another."""
        try:
            return json.loads(self._fernet.decrypt(body))
        except InvalidToken as exc:
            raise refused(
                "ENCRYPTION_KEY",
                "the database was written with another; give that one, or delete"
                " the installations and install anew",
            ) from exc


class Installations(AsyncInstallationStore):
    """Bolt's installation store over SQLite: one bot a workspace, no user tokens."""

    def __init__(self, database: Database, clock: Clock, seal: Seal) -> None:
        self._database = database
        self._clock = clock
        self._seal = seal

    @property
    def logger(self) -> logging.Logger:
        return logging.getLogger(__name__)

    async def check_key(self) -> None:
        """Raise SettingsError where the key is not the one of earlier starts."""
        body = await installations.find(self._database, PLATFORM, "", _PROBE)
        if body is not None:
            self._seal.open(body)
            return
        await self._save("", _PROBE, {})

    async def async_save(self, installation: Installation) -> None:
        kept = dict(installation.to_dict_for_copying())
        for name in list(kept):
            if name.startswith("user_") and name != "user_id":
                kept[name] = None  # we ask for no user token, so we keep none
        await self._save(_workspace(installation), "", kept)

    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        workspace = team_id or enterprise_id or ""
        body = await installations.find(self._database, PLATFORM, workspace)
        return None if body is None else Installation(**self._seal.open(body))

    async def async_find_bot(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        is_enterprise_install: bool | None = False,
    ) -> Bot | None:
        found = await self.async_find_installation(
            enterprise_id=enterprise_id, team_id=team_id
        )
        return found.to_bot() if found else None

    async def async_delete_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
    ) -> None:
        """Delete a workspace's installation, whoever made it."""
        workspace = team_id or enterprise_id or ""
        await installations.delete(self._database, PLATFORM, workspace)

    async def async_delete_bot(
        self, *, enterprise_id: str | None, team_id: str | None
    ) -> None:
        await self.async_delete_installation(
            enterprise_id=enterprise_id, team_id=team_id
        )

    async def _save(self, workspace: str, person: str, value: Any) -> None:
        await installations.save(
            self._database,
            PLATFORM,
            workspace,
            person,
            body=self._seal.close(value),
            at=self._clock.now(),
        )


class States(AsyncOAuthStateStore):
    """OAuth states, in memory: an installation begun before a restart begins anew."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: dict[str, float] = {}

    @property
    def logger(self) -> logging.Logger:
        return logging.getLogger(__name__)

    async def async_issue(self, *args: Any, **kwargs: Any) -> str:
        state, now = secrets.token_urlsafe(24), self._clock.monotonic()
        self._issued = {
            each: at for each, at in self._issued.items() if now - at < STATE_SECONDS
        }
        self._issued[state] = now
        return state

    async def async_consume(self, state: str) -> bool:
        at = self._issued.pop(state, None)
        return at is not None and self._clock.monotonic() - at < STATE_SECONDS


def _text(value: datetime) -> str:
    return value.isoformat()


def _workspace(installation: Installation) -> str:
    return installation.team_id or installation.enterprise_id or ""
