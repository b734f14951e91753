"""Why something was done, in the words of the audit: a sentence for each action."""

CONSENT_REFUSED = "the author of the message did not agree"
MESSAGE_DELETED = "the message that it came from was deleted"
MESSAGE_EDITED = "the message that it came from was edited"
PERSON_DELETED = "a person had their data deleted"
WIDENED = "the whole server may know what was for one channel"
KEPT_LONG_ENOUGH = "it was kept as long as it may be"

WHY = {
    "adapter.deleted": "it was refused, replaced or tainted",
    "adapter.promoted": "it passed its exam",
    "adapter.rolled_back": "somebody who may asked for it",
    "adapter.withdrawn": "it learned something that has since left",
    "consent.given": "the author of the message agreed",
    "consent.refused": CONSENT_REFUSED,
    "lesson.approved": "a reviewer read it and agreed",
    "lesson.rejected": "a reviewer read it and gave no reason",
    "lesson.superseded": "a newer lesson that was approved replaces it",
    "lesson.taught": "somebody who may teach proposed it",
    "notices.read": "they were told what became of their lessons",
    "person.opted_in": "they wish to be learned from again",
    "person.opted_out": "they wish not to be learned from",
    "run.cancelled": "somebody who may asked for it",
    "run.failed": "it could not be finished",
    "run.promoted": "its adapter passed its exam",
    "run.queued": "something was to be learned",
    "run.refused": "its adapter did not pass its exam",
    "secret.removed": "nothing is called with it any more",
    "secret.set": "tools of its host are called with it",
    "server.purged": "the server removed Myna",
    "settings.changed": "an admin wished so",
    "tool.called": "somebody asked for it, and a taught tool does it",
    "watch.added": "a reviewer wished the page to be read again",
    "watch.paused": "the page could not be read several times in a row",
    "watch.stopped": "a reviewer wished so, or its document was forgotten",
}


def why(action: str) -> str:
    """Say why such things are done, where no better reason was kept."""
    return WHY.get(action, "somebody who may asked for it")
