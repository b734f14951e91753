"""Discord's rate limits as its HTTP API shows them: buckets, headers and 429s."""

import hashlib
import time
from collections import deque
from dataclasses import dataclass, field
from fnmatch import fnmatch


@dataclass(frozen=True)
class Limit:
    """So many requests of one route per window, counted for each channel or token."""

    method: str
    pattern: str  # of the path, as fnmatch reads it
    requests: int
    seconds: float

    @property
    def bucket(self) -> str:
        """The bucket's name, opaque as Discord's are."""
        name = f"{self.method} {self.pattern}".encode()
        return hashlib.blake2b(name, digest_size=8).hexdigest()


# What bots meet: five messages, and five edits, in 5 s in one channel (people report
# both, Discord publishes neither); webhooks five in 2 s; reactions one in 0.25 s.
LIMITS = (
    Limit("POST", "/channels/*/messages", 5, 5.0),
    Limit("PATCH", "/channels/*/messages/*", 5, 5.0),
    Limit("POST", "/channels/*/typing", 5, 5.0),
    Limit("PUT", "/channels/*/reactions/*", 1, 0.25),
    Limit("POST", "/webhooks/*", 5, 2.0),
    Limit("PATCH", "/webhooks/*", 5, 2.0),
    Limit("*", "*", 50, 1.0),
)
GLOBAL_REQUESTS_PER_SECOND = 50


@dataclass(frozen=True)
class Refusal:
    """One 429."""

    method: str
    path: str
    retry_after_seconds: float
    scope: str  # "user" for a bucket, "global" for all routes


@dataclass
class _Window:
    ends_at: float
    used: int = 0


@dataclass
class _Demand:
    method: str
    pattern: str
    retry_after_seconds: float
    times: int


@dataclass
class RateLimits:
    """Counts requests; `admit` says whether the next one is served."""

    limits: tuple[Limit, ...] = LIMITS
    global_per_second: int = GLOBAL_REQUESTS_PER_SECOND
    refusals: list[Refusal] = field(default_factory=list)
    _windows: dict[tuple[str, str], _Window] = field(default_factory=dict)
    _recent: deque[float] = field(default_factory=deque)
    _demands: list[_Demand] = field(default_factory=list)
    _closed_until: float = 0.0
    _close_next_for: float = 0.0

    def refuse_next(
        self, method: str, pattern: str, *, retry_after_seconds: float, times: int
    ) -> None:
        """Answer the next matching requests with 429, whatever the buckets say."""
        self._demands.append(_Demand(method, pattern, retry_after_seconds, times))

    def refuse_everything(self, *, seconds: float) -> None:
        """From the next request on, answer all with the global 429 for a while."""
        self._close_next_for = seconds

    def admit(self, method: str, path: str) -> tuple[dict[str, str], Refusal | None]:
        """Count one request; return the answer's headers, and the refusal if any."""
        if path.startswith("/interactions/"):
            return {}, None  # callbacks are in no bucket and not counted globally
        now = time.monotonic()
        headers = {"Via": "1.1 google"}  # without it discord.py takes a 429 for a ban
        refusal = self._refuse_globally(method, path, now)
        if refusal is None:
            limit, window = self._window(method, path, now)
            refusal = self._refuse_on_demand(method, path)
            if refusal is None and window.used >= limit.requests:
                wait = window.ends_at - now
                refusal = Refusal(method, path, round(wait, 3) + 0.001, "user")
            if refusal is None:
                window.used += 1
            headers |= _bucket_headers(limit, window, now)
        if refusal is not None:
            self.refusals.append(refusal)
            headers |= _refusal_headers(refusal)
        return headers, refusal

    def _refuse_globally(self, method: str, path: str, now: float) -> Refusal | None:
        if self._close_next_for:
            self._closed_until = now + self._close_next_for
            self._close_next_for = 0.0
        if now < self._closed_until:
            return Refusal(method, path, self._closed_until - now, "global")
        while self._recent and self._recent[0] <= now - 1.0:
            self._recent.popleft()
        if len(self._recent) >= self.global_per_second:
            return Refusal(method, path, self._recent[0] + 1.0 - now, "global")
        self._recent.append(now)
        return None

    def _refuse_on_demand(self, method: str, path: str) -> Refusal | None:
        for demand in self._demands:
            if demand.method == method and fnmatch(path, demand.pattern):
                demand.times -= 1
                if not demand.times:
                    self._demands.remove(demand)
                return Refusal(method, path, demand.retry_after_seconds, "user")
        return None

    def _window(self, method: str, path: str, now: float) -> tuple[Limit, _Window]:
        limit = next(
            known
            for known in self.limits
            if known.method in (method, "*") and fnmatch(path, known.pattern)
        )
        key = (limit.bucket, _major_parameter(path))
        window = self._windows.get(key)
        if window is None or window.ends_at <= now:
            window = self._windows[key] = _Window(ends_at=now + limit.seconds)
        return limit, window


def _major_parameter(path: str) -> str:
    """The channel, guild or webhook and token whose requests share a bucket."""
    parts = path.strip("/").split("/")
    return "/".join(parts[: 3 if parts[0] == "webhooks" else 2])


def _bucket_headers(limit: Limit, window: _Window, now: float) -> dict[str, str]:
    left = window.ends_at - now
    return {
        "X-RateLimit-Limit": str(limit.requests),
        "X-RateLimit-Remaining": str(limit.requests - window.used),
        "X-RateLimit-Reset": f"{time.time() + left:.3f}",
        "X-RateLimit-Reset-After": f"{left:.3f}",
        "X-RateLimit-Bucket": limit.bucket,
    }


def _refusal_headers(refusal: Refusal) -> dict[str, str]:
    headers = {
        "Retry-After": str(round(refusal.retry_after_seconds + 0.5)),
        "X-RateLimit-Scope": refusal.scope,
    }
    if refusal.scope == "global":
        headers["X-RateLimit-Global"] = "true"
    return headers
