"""`myna bench`: teaches 30 invented lessons to a real server, and measures what stuck."""

from bot.bench.command import main

__all__ = ["main"]
