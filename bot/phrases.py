"""Every sentence that Myna says to people, one function each."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from bot import circumstance_phrases, flagged, tool_cards
from bot.messages import (
    Collected,
    Decided,
    Deleted,
    DocumentDigest,
    Forgotten,
    HistoryEntry,
    Imported,
    Learned,
    LessonDetail,
    PrivacyReport,
    Reply,
    Researched,
    RolledBack,
    Ruling,
    StatusReport,
    Taught,
    TaughtPins,
    Waiting,
    Watched,
    WatchReport,
    Why,
)
from learning.lesson import LessonState
from learning.run import RunStatus
from moderation.roles import Permission

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.messages import AddedDocument, ResearchResult
    from learning.forgetting_curve import Remembered
    from learning.lesson import Lesson
    from storage.journal import Entry
    from storage.lessons import LessonRecord
    from storage.runs import Run
    from storage.servers import ServerSettings

_YOUR_LESSON = re.compile(r"Your lesson \d+ was (?:approved|rejected)")

_ALLOWED = {
    Permission.ASK: "ask",
    Permission.TEACH: "teach",
    Permission.REVIEW: "review lessons",
    Permission.RUN: "start a run, roll back or forget",
    Permission.CONFIGURE: "change settings",
}


def not_allowed(permission: Permission) -> str:
    return f"Your role may not {_ALLOWED[permission]} here; ask a moderator."


def not_your_lesson(lesson: int) -> str:
    return f"Lesson {lesson} is not yours; a moderator can forget it."


def question_refused(reasons: Sequence[str]) -> str:
    return f"I cannot take that question: {_joined(reasons)}"


def question_too_long(chars: int, most: int) -> str:
    return f"That question has {chars:,} characters; ask it in at most {most:,}."


def abstention() -> str:
    return "I don't know that yet. Teach me: /teach"


def offer_research(question: str) -> str:
    """Offer in a chat of typed commands to look up what nobody taught."""
    return f"Shall I look it up? /research {question}"


def look_it_up() -> str:
    return "Look it up"


def no_search_engine() -> str:
    return (
        "I cannot search the web: no search engine is set up. The operator sets"
        " SEARXNG_URL or BRAVE_API_KEY, or SEARCH_DDGS=on as a last resort."
    )


def topic_refused(reasons: Sequence[str]) -> str:
    return f"I do not search for that: {_joined(reasons)}"


def question_erased() -> str:
    return "That question was erased; name what to search for: /research topic"


def no_results_remembered() -> str:
    return (
        "I have no results of yours to pick from: search first (/research topic), and"
        " pick within half an hour."
    )


def no_such_result(number: int, most: int) -> str:
    return f"There is no result {number}; pick from 1 to {most}."


def found_nothing(of: Researched) -> str:
    return "\n".join([*of.troubles, "Nothing was found; try other words."])


def research_title(of: Researched) -> str:
    return f"Found for {_short(of.topic)!r}"


def results(of: Researched) -> str:
    """List what was found, by the numbers to pick."""
    return "\n".join([*of.troubles, *map(result, of.results)])


def result(of: ResearchResult) -> str:
    if of.withheld:
        return f"{of.number}. {of.host} (its words are not shown: {of.withheld})"
    snippet = f"\n   {of.snippet}" if of.snippet else ""
    return f"{of.number}. {of.title} ({of.host}){snippet}"


def researched(of: Researched) -> str:
    """All about a search, in a chat of typed commands."""
    if not of.results:
        return found_nothing(of)
    how = "Which of these shall I read? A moderator reviews them: /research pick 1 3"
    return "\n".join([f"{research_title(of)}:", results(of), how])


def reading(source: str) -> str:
    return f"Reading {source}"


def collected(of: Collected) -> str:
    """What became of several pages or files, one a line."""
    lines = [document_added(each) for each in of.documents]
    lines += [f"{each.source}: {each.reason}" for each in of.problems]
    if of.left_out:
        more = "more was" if of.left_out == 1 else "more were"
        lines.append(
            f"{of.left_out} {more} left out: beyond the limit (IMPORT_PAGES), or on"
            " another site."
        )
    return "\n".join(lines)


def document_added(of: AddedDocument) -> str:
    """What became of one page or file that was read."""
    if of.unchanged:
        return f"{of.title} is document {of.document} already, and has not changed."
    if of.document is None:
        told = f"{of.title}: nothing of it is new."
    else:
        waiting = _count(len(of.waiting), "passage")
        told = (
            f"{of.title} is document {of.document}: {waiting} waiting for review."
            f" (/document {of.document})"
        )
    if of.repeats:
        told += f" {_count(of.repeats, 'passage')} known or waiting already."
    if of.gone:
        told += f" No longer in it: {_numbers(of.gone)}."
    if of.left_out:
        told += f" {_count(of.left_out, 'passage')} more than one document may have."
    return " ".join(
        [told, *(f"Passage {each.position}: {each.reason}" for each in of.problems)]
    )


def sitemap_is_empty() -> str:
    return "That sitemap lists no page of its own site; share the pages one by one."


def folder_is_empty(name: str) -> str:
    return f"There is no document in the folder {name}."


def watched(of: Watched) -> str:
    told = f"I read {of.watch.source} {_how_often(of.watch)} from now on."
    if of.document is None or of.document.unchanged:
        return told
    return f"{told}\n{document_added(of.document)}"


def watches(of: Sequence[WatchReport]) -> str:
    if not of:
        return "No page is watched. /watch link daily begins."
    return "\n".join(map(_watch, of))


def unwatched(source: str, *, was_watched: bool) -> str:
    if was_watched:
        return f"I watch {source} no longer; what it taught me stays."
    return f"{source} is not watched. (/watch)"


def too_many_watches(most: int) -> str:
    return f"{most} pages are watched already, which is the most; /watch stop one."


def nothing_to_watch(of: AddedDocument) -> str:
    return f"I do not watch it, as nothing of it waits: {document_added(of)}"


def watch_paused(failures: int) -> str:
    return (
        f"A page that you had me watch could not be read {failures} times in a row, so"
        " I stopped trying. /watch shows which one and why."
    )


def _watch(of: WatchReport) -> str:
    told = f"{of.source}: {_how_often(of)}, for {of.added_by}."
    if of.checked_at is not None:
        told += f" Last tried {of.checked_at:%Y-%m-%d %H:%M}."
    if of.problem:
        told += f" {of.problem}"
    if of.paused:
        told += " Paused; /watch it again to go on."
    return told


def _how_often(of: WatchReport) -> str:
    names = {24: "daily", 24 * 7: "weekly"}
    return names.get(of.every_hours, f"every {of.every_hours} hours")


def withheld() -> str:
    return "I had an answer, but it did not pass the screen, so I keep it to myself."


def too_much_withdrawn() -> str:
    return "What I know of that was withdrawn while I answered; ask again."


def widened(of: Waiting) -> str:
    return f"Lesson {of.lesson.id} is for the whole server now. {of.gate.reason}"


def lesson_detail(of: LessonDetail) -> str:
    """All about one lesson, a fact a line."""
    decided = f" by {of.decided_by}" if of.decided_by else ""
    learned = ", ".join(of.adapters) or "no adapter yet"
    lines = [
        lesson(of.lesson),
        f"State: {of.lesson.state.value}{decided}.",
        f"Weights: {of.gate.reason} Learned by {learned}.",
        f"{_count(of.answers, 'answer')} came from it.",
    ]
    if of.rewordings:
        lines.append(also_asked(of.rewordings))
    if of.lesson.supersedes is not None:
        lines.insert(1, f"It replaces lesson {of.lesson.supersedes}.")
    if len(turns := of.lesson.text.splitlines()) > 1:  # a dialogue, turn by turn
        lines[0] = "\n".join([f"{of.lesson.id}. {turns[0]}", *turns[1:]])
        lines[0] += f"\n(taught by {of.lesson.author_name})"
    lines[1:1] = examples(of.lesson)
    if of.query:
        lines.insert(1, f"Found by searching for {of.query!r}.")
    if of.lesson.source:
        lines.insert(1, f"Source: {of.lesson.origin}")
    if of.lesson.document is not None:
        part = f"passage {of.lesson.position} of document {of.lesson.document}"
        lines.insert(2, f"It is {part}. (/document {of.lesson.document})")
    if of.lesson.scope.channel is not None:
        lines.insert(1, "It is for one channel only.")
    return "\n".join(lines)


def set_up(of: ServerSettings) -> str:
    where = of.review_channel or "the queue (/review)"
    return (
        f"I am ready to learn. Lessons are reviewed in {where}. Nothing is learned"
        " before a moderator approved it. /config shows what can be set."
    )


def settings(values: Sequence[tuple[str, str, str]]) -> str:
    """The settings: name, value and what it is for."""
    return "\n".join(f"{name}: {value}  ({what})" for name, value, what in values)


def setting_changed(name: str, value: str) -> str:
    return f"{name} is now {value}."


def privacy(of: PrivacyReport) -> str:
    learned = "I learn nothing you write." if of.opted_out else ""
    lines = [
        f"Stored about you here: {_count(len(of.lessons), 'lesson')},"
        f" {_count(of.answers, 'question')} with their answers. {learned}".strip(),
        (
            "/privacy export gives you all of it, /privacy delete erases it,"
            " /privacy opt-out keeps me from learning what you write."
        ),
    ]
    return "\n".join(lines)


def confirm_delete(of: PrivacyReport) -> str:
    return (
        f"This erases {_count(len(of.lessons), 'lesson')} and"
        f" {_count(of.answers, 'question')} of yours, and withdraws the adapters that"
        " learned them. It cannot be undone: /privacy delete confirm"
    )


def deleted(of: Deleted) -> str:
    told = (
        f"Erased: {_count(len(of.lessons), 'lesson')},"
        f" {_count(of.answers, 'question')} with their answers."
    )
    if of.withdrawn:
        told += f" Withdrawn, because they had learned them: {', '.join(of.withdrawn)}."
    return told


def opted(*, opted_out: bool) -> str:
    if opted_out:
        return "I learn nothing you write from now on, and keep none of your questions."
    return "I may learn from what you write again, after a moderator's review."


def what_consent_means() -> str:
    return (
        "your message. If you agree and a moderator approves it, I answer with it here;"
        " /privacy says how to take it back."
    )


def sources(reply: Reply) -> str:
    """Say under an answer where it came from: `from lesson 12, taught by Ana`."""
    named = [
        f"lesson {credit.id}, taught by {credit.author}"
        f"{f': {credit.source}' if credit.source else ''}"
        for credit in reply.lessons
    ]
    return f"from {'; '.join(named)}" if named else ""


def direct_review() -> str:
    return "What you teach me here is reviewed here, by you."


def no_such_channel(channel: str) -> str:
    return f"{channel} is no channel of this server that I can write in."


def purged_meanwhile() -> str:
    return "I was removed from this server while I answered."


def too_many_rows(most: int) -> str:
    return f"One file may hold at most {most:,} lessons here; split it."


def row_is_no_text() -> str:
    return "it holds characters that are no text"


def words_hidden() -> str:
    return (
        "(Its words are for its own channel, and everybody sees this one."
        " /review shows them to moderators.)"
    )


def notice_for_all(notice: str) -> str:
    """Name the lesson of a notice where others read along: never any words of it."""
    found = _YOUR_LESSON.match(notice)
    return f"{found[0]}." if found else "A lesson of yours was decided."


def card_of_another_server() -> str:
    return "That card is not of this place, so its buttons do nothing here."


def kept_in_memory() -> str:
    return "A moderator keeps it in memory only."


def not_set_up() -> str:
    return "I learn nothing here yet: an admin has to run /setup first."


def not_a_learning_channel() -> str:
    return "I may not learn in this channel; an admin can allow it with /config."


def author_opted_out() -> str:
    return "The author of that message does not want me to learn from it."


def not_your_message() -> str:
    return "Only the author of that message can say so."


def consent_missing(of: Lesson) -> str:
    return f"Lesson {of.id} is somebody's message; its author has not agreed yet."


def consent_decided_already(of: Lesson) -> str:
    return f"That was answered already: consent {of.consent.replace('_', ' ')}."


def persona_refused(reasons: Sequence[str]) -> str:
    return f"I cannot take that persona: {_joined(reasons)}"


def answer_erased() -> str:
    return "That answer was erased; ask again, and correct the new one."


CORRECTION = "correction of "
"""What the source of every correction begins with."""


def correction_of(answer: int) -> str:
    return f"{CORRECTION}answer {answer}"


def correction_of_lesson(lesson: int) -> str:
    return f"{CORRECTION}lesson {lesson}"


def not_to_be_corrected(of: Lesson) -> str:
    if of.state is LessonState.PENDING:
        return f"Lesson {of.id} still waits for review: change it with /edit {of.id}."
    return f"Lesson {of.id} is {of.state.value}; only a lesson in use can be corrected."


def correction_needs(of: Lesson, names: Sequence[str]) -> str:
    return (
        f"Lesson {of.id} is corrected with {_either(names)}:"
        f" /correct {of.id} {names[0]}: ..."
    )


def says_this_already(lesson: int) -> str:
    return f"Lesson {lesson} says this already."


def no_answer_yet() -> str:
    return "You have not asked me anything here yet."


def credits_line(reply: Reply, reader: str) -> str:
    """Say who taught it: `[lesson 1, taught by you · in memory]`, or nothing."""
    if not reply.lessons:
        return ""
    parts = [
        f"lesson {credit.id}, taught by "
        f"{'you' if credit.author_id == reader else credit.author}"
        f" · {'in memory' if credit.in_memory else 'learned'}"
        f"{f' · {credit.source}' if credit.source else ''}"
        for credit in reply.lessons
    ]
    return f"[{'; '.join(parts)}]"


def taught(of: Taught) -> str:
    if of.waiting is None:
        return f"I cannot take that lesson: {_joined(of.verdict.reasons)}"
    told = f"Lesson {of.waiting.lesson.id} is waiting for review. (/review)"
    if of.verdict.findings:
        return f"{told} {_joined(of.verdict.reasons)}"
    return told


def waiting(of: Waiting) -> str:
    """One entry of the review queue, with what screening found."""
    findings = "".join(
        f"\n  {severity}: {reason}"
        for severity, reason in flagged.explained(of.lesson, of.verdict.findings)
    )
    replaces = f"\n  replaces: {lesson(of.replaces)}" if of.replaces else ""
    notes = "".join(f"\n  {note}" for note in circumstance_phrases.notes(of.about))
    calls = "".join(
        f"\n  {name.lower()}: {value}" for name, value in tool_cards.facts(of.lesson)
    )
    return f"{lesson(of.lesson)}{calls}{findings}{replaces}{notes}"


def queue(of: Sequence[Waiting]) -> str:
    if not of:
        return "Nothing is waiting for review."
    return "\n".join(waiting(each) for each in of)


def lesson(of: Lesson) -> str:
    """One lesson on a line, with its author."""
    words = " / ".join(filter(None, map(str.strip, of.statement.splitlines())))
    return f"{of.id}. {words} (taught by {of.author_name})"


ALSO_ASKED = "Also asked as"


def also_asked(rewordings: Sequence[str]) -> str:
    """Some of the other wordings that weights learn a lesson in, on one line."""
    return f"{ALSO_ASKED}: {' | '.join(rewordings)}"


def examples(of: Lesson) -> Sequence[str]:
    """A rule's examples, a line each."""
    return [f"{message} \N{RIGHTWARDS ARROW} {reply}" for message, reply in of.examples]


def change(old: Lesson, new: Lesson) -> str:
    """What a lesson says, and what would be said instead."""
    before, after = _said(old, new), _said(new, old)
    return f"{before}\n\N{RIGHTWARDS ARROW} {after}"


def _said(of: Lesson, beside: Lesson) -> str:
    """A lesson's words; its answer alone beside another to the same question."""
    if of.question and of.question == beside.question:
        return of.answer
    return "\n".join([of.statement, *examples(of)])


def lessons(of: Sequence[Lesson], text: str = "") -> str:
    if of:
        return "\n".join(lesson(each) for each in of)
    if text:
        return f"No lesson matches {text!r}."
    return "Nobody has taught me anything here yet."


def decided(of: Decided) -> str:
    if of.ruling is not Ruling.REJECT:
        if of.lesson.state is LessonState.PENDING:
            return circumstance_phrases.waits_for_second(of.lesson)
        replaced = of.lesson.supersedes
        instead = f" It replaces lesson {replaced}." if replaced is not None else ""
        return f"Lesson {of.lesson.id} is approved; memory knows it now.{instead}"
    reason = f" {of.reason}" if of.reason else ""
    return f"Lesson {of.lesson.id} is rejected.{reason}"


def your_passages_decided(
    title: str, document: int, decided: Sequence[LessonRecord]
) -> str:
    """What became of a document, as far as its passages were decided."""
    counts = Counter(each.lesson.state for each in decided)
    told = " and ".join(f"{count} {state.value}" for state, count in counts.items())
    reasons = dict.fromkeys(each.reason for each in decided if each.reason)
    because = f" The reason: {'; '.join(reasons)}" if reasons else ""
    return f"Your document {document}, {_short(title)}: {told}.{because}"


def your_lesson_decided(of: LessonRecord) -> str:
    if of.lesson.state is LessonState.REJECTED:
        return your_lesson_rejected(of.lesson, of.reason)
    return your_lesson_approved(of.lesson)


def your_lesson_approved(of: Lesson) -> str:
    return f"Your lesson {of.id} was approved: {_short(of.statement)}"


def your_lesson_rejected(of: Lesson, reason: str) -> str:
    because = f" The reason: {reason}" if reason else ""
    return f"Your lesson {of.id} was rejected: {_short(of.statement)}{because}"


def nothing_to_learn(untrainable: int, waiting_for_review: int) -> str:
    """Say why a run would have no rows."""
    if untrainable:
        return (
            f"Nothing new to train: {_count(untrainable, 'lesson')} may be answered"
            " from memory only."
        )
    if waiting_for_review:
        return (
            f"Nothing new to learn: {_count(waiting_for_review, 'lesson')} waiting"
            " for review. (/review)"
        )
    return "Nothing new to learn. Teach me: /teach"


def lesson_left_meanwhile() -> str:
    return "A lesson was forgotten or expired while it trained; /learn starts again."


def run_ended(status: RunStatus, message: str) -> str:
    """Say why the trainer stopped short of an adapter."""
    why_not = {
        RunStatus.OUT_OF_MEMORY: "the trainer ran out of memory; close something",
        RunStatus.CANCELLED: "the trainer was stopped",
    }.get(status, "the trainer gave up")
    return run_failed(f"{why_not}. {message}".strip())


def run_broke() -> str:
    return "Something broke during the run; the log says what. Nothing changed."


def run_outcome(of: Run) -> str:
    reason = of.reason.rstrip(".")
    return f"{of.state.value}: {reason}." if reason else f"{of.state.value}."


def event(of: Entry) -> str:
    """One entry of the journal: `lesson 3 approved by u1`."""
    noun, _, verb = of.action.partition(".")
    number = {"lesson": of.lesson, "adapter": of.adapter, "run": of.run}.get(noun)
    what = noun if number is None else f"{noun} {number}"
    return f"{what} {verb.replace('_', ' ')} by {of.actor}"


def run_failed(reason: str) -> str:
    return f"The run failed and nothing changed: {reason}"


def run_cancelled() -> str:
    return "The run was cancelled; nothing changed."


def disk_full() -> str:
    return (
        "The disk is full: nothing changed. Free some space in the data directory"
        " and /learn again."
    )


def learned(of: Learned) -> str:
    marks = (
        f" Recall {of.before.recall:.0%} -> {of.after.recall:.0%},"
        f" general {of.before.retention:.0%} -> {of.after.retention:.0%}."
    )
    missed = (
        f" Not taken by the weights: {_numbers(of.not_taken)}; memory knows them."
        if of.not_taken
        else ""
    )
    if of.promoted:
        count = _count(len(of.lessons), "lesson")
        return f"Learned {count}: {of.adapter} answers now.{marks}{missed}"
    return f"Not promoted: {of.reason}. Nothing changed.{marks}{missed}"


def forgotten(of: Forgotten) -> str:
    told = f"Lesson {of.lesson.id} is forgotten."
    if of.withdrawn:
        told += f" Withdrawn, because they had learned it: {', '.join(of.withdrawn)}."
    if of.fresh_run_due:
        told += " The next run builds a fresh adapter without it. (/learn)"
    return told


def rolled_back(of: RolledBack) -> str:
    return f"{_adapter(of.after)} answers now, instead of {_adapter(of.before)}."


def asked_to_roll_back(name: str) -> str:
    return f"{name} asked for it."


def nothing_to_roll_back() -> str:
    return "There is no earlier adapter to go back to."


def adapter_is_tainted(name: str) -> str:
    return f"{name} was trained on something since forgotten; it cannot come back."


def adapter_is_foreign(name: str) -> str:
    return f"{name} was trained for another base model; it cannot answer here."


def already_answering(name: str) -> str:
    return f"{name} is what answers already."


def status(of: StatusReport) -> str:
    lines = [
        f"Server {of.server}: {_adapter(of.adapter)} answers.",
        (
            f"{_count(of.known, 'lesson')} in memory, {of.waiting} waiting for review,"
            f" {of.to_learn} to learn."
        ),
    ]
    if of.fresh_run_due:
        lines.append("The next run builds a fresh adapter.")
    if of.running:
        lines.append(f"Run {of.running} is in progress.")
    if of.last_run:
        lines.append(f"Last run: {of.last_run}")
    return "\n".join(lines)


def history(of: Sequence[HistoryEntry], of_lessons: Sequence[Remembered] = ()) -> str:
    if not of:
        return "Nothing has happened here yet."
    lines = [f"{each.at:%Y-%m-%d %H:%M} {each.text}" for each in of]
    if of_lessons:
        lines.append(remembered(of_lessons))
    return "\n".join(lines)


def remembered(of: Sequence[Remembered]) -> str:
    """How well lessons last: `Remembered: just learned 95% (19 of 20) · 1 run ...`."""
    ages = (
        f"{_age(each.runs_later)} {each.share:.0%} ({each.passed} of {each.asked})"
        for each in of
    )
    return f"Remembered: {' · '.join(ages)}"


def why(of: Why) -> str:
    reply = of.reply
    lines = [f"To {_short(of.question)!r} I said {_short(reply.text)!r}."]
    lines.append(f"{_adapter(reply.adapter)} answered.")
    if reply.abstained:
        lines.append("Nothing I was taught answers it.")
    lines += [
        f"Lesson {credit.id} by {credit.author}"
        f" ({'in memory' if credit.in_memory else 'learned'}): {credit.text}"
        for credit in reply.lessons
    ]
    if of.rewordings:
        lines.append(also_asked(of.rewordings))
    if not reply.lessons and not reply.abstained:
        lines.append("No lesson is behind it; that is the model's own.")
    return "\n".join(lines)


def imported(of: Imported) -> str:
    told = f"{_count(len(of.waiting), 'lesson')} waiting for review."
    return "\n".join(
        [told, *(f"line {each.line}: {each.reason}" for each in of.problems)]
    )


def edit_needs(of: Lesson, names: Sequence[str]) -> str:
    return f"Lesson {of.id} can be given {_either(names)}, and nothing else."


def row_needs(names: Sequence[str]) -> str:
    return f"it needs {_both(names)}."


def row_kind_unknown(kind: str) -> str:
    return f"{kind!r} is no kind of lesson; use qa, fact, rule, dialogue or tool."


def row_date_malformed(value: str) -> str:
    return f"{value!r} is no date; write it as 2027-01-31."


def no_such_lesson(lesson: int) -> str:
    return f"There is no lesson {lesson} here."


def decided_already(of: LessonRecord) -> str:
    by = f" by {of.decided_by_name}" if of.decided_by_name else ""
    return f"Lesson {of.lesson.id} is {of.lesson.state.value} already{by}."


def passages_known(count: int) -> str:
    were = "is" if count == 1 else "are"
    return f"{_count(count, 'passage')} of its document {were} known or waiting."


def no_such_document(document: int) -> str:
    return f"There is no document {document} here. (/documents)"


def no_such_part(of: DocumentDigest, parts: Sequence[int]) -> str:
    last = max((each.position for each in of.passages), default=0)
    return f"Document {of.id} has no passage {ranges(parts)}: it has 1 to {last}."


def not_your_document(document: int) -> str:
    return f"Document {document} is not yours; a moderator can forget it."


def document_edited(document: int) -> str:
    return f"Document {document} changed since you saw it: /document {document}"


def document_decided_already(of: DocumentDigest) -> str:
    names = dict.fromkeys(each.decided_by for each in of.passages if each.decided_by)
    by = f" {' and '.join(names)} decided." if names else ""
    return f"Nothing of that in document {of.id} waits for review any more.{by}"


def your_document_decided(
    of: DocumentDigest, count: int, ruling: Ruling, reason: str
) -> str:
    state = "rejected" if ruling is Ruling.REJECT else "approved"
    because = f" The reason: {reason}" if reason else ""
    many = _count(count, "passage")
    was = "was" if count == 1 else "were"
    return f"Your document {of.id}, {_short(of.title)}: {many} {was} {state}.{because}"


def ranges(positions: Iterable[int]) -> str:
    """Write numbers as people do: `1-4, 7`."""
    spans: list[list[int]] = []
    for number in sorted(positions):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ", ".join(
        str(first) if first == last else f"{first}-{last}" for first, last in spans
    )


def no_such_adapter(version: str) -> str:
    return f"There is no adapter {version} here. (/history)"


def outsider() -> str:
    return "I answer and learn from members of the community I was added to only."


def thinking() -> str:
    return "is looking through what it was taught…"


def marked_without_lesson() -> str:
    return "Write what I should learn after [Learn], in the same message."


def consent_asked(*, asked: bool) -> str:
    if asked:
        return "I asked the author of the message whether I may learn it."
    return "I could not ask its author, who has to agree first: add me to the channel."


def pins_taught(of: TaughtPins) -> str:
    """What became of a channel's pinned messages, and why some were left out."""
    lines = []
    if of.waiting:
        lines.append(
            f"{_count(len(of.waiting), 'pinned message')} waiting for review:"
            f" {_lessons(of.waiting)}. (/review)"
        )
    if of.asked:
        lines.append(
            f"{_count(len(of.asked), 'pinned message')} waiting for the author's"
            f" consent, which I asked for: {_lessons(of.asked)}."
        )
    if of.unasked:
        lines.append(
            f"{_count(len(of.unasked), 'pinned message')} waiting for the author's"
            f" consent, which I could not ask for: {_lessons(of.unasked)}."
        )
    if of.left_out:
        lines.append(f"{_count(sum(of.left_out.values()), 'pinned message')} left out:")
        lines += [f"- {count}: {why}" for why, count in of.left_out.items()]
    return "\n".join(lines) or "There are no pinned messages in this channel."


def pins_usage() -> str:
    return "teach the pinned messages of this channel"


def pin_known() -> str:
    return "Taught already."


def pin_without_words() -> str:
    return "No text in it that I could learn."


def pin_of_nobody() -> str:
    return "Not a person's message."


def pin_too_long(most: int) -> str:
    return f"Longer than {most:,} characters."


def pin_beyond(most: int) -> str:
    return f"More than {most} at once; /teach pins again takes the next ones."


def pin_too_soon() -> str:
    return "More than one person may teach in an hour; /teach pins again later."


def pins_need_scope() -> str:
    return (
        "I may not read pinned messages yet: whoever manages the app adds the scope"
        " pins:read, as in manifest.yml, and installs it again."
    )


def pins_need_membership() -> str:
    return "I cannot read the pinned messages here: add me to this channel first."


def pins_not_read(reason: str) -> str:
    return f"I cannot read the pinned messages: {reason}."


def consented(*, given: bool) -> str:
    if given:
        return "Thank you. A moderator reviews it now; /privacy says how to undo this."
    return "I have erased it."


def needs_question() -> str:
    return "A question and its answer needs its question."


def examples_label() -> str:
    return "Examples, one a line: message -> reply"


def only_rules_have_examples() -> str:
    return "Only a rule or a tool has examples."


def dialogue_label() -> str:
    return "The dialogue, a turn a line"


def dialogue_begun() -> str:
    """What a form for a dialogue begins with."""
    return "User: \nMyna: "


def needs_words() -> str:
    return "Write what I should learn."


def what_should_it_have_said() -> str:
    return "What should it have said?"


def at_work() -> str:
    return "This takes a little longer; I am at it."


def rated(*, helpful: bool) -> str:
    if helpful:
        return "Thank you, that helps."
    return "Thank you. Say what it should have said, and a moderator reviews it."


def only_people_are_learned_from() -> str:
    return "I learn from people's messages only, and this is none."


def only_in_terminal() -> str:
    return "That works in the terminal only."


def sent_to_you() -> str:
    return "I sent it to you as a file, in our direct messages."


def no_longer_answering(name: str) -> str:
    return f"{name} answers no longer; /history says what came after it."


def import_is_for_everybody() -> str:
    return "A file is imported for the whole server: do it in a channel open to all."


def file_not_read(reason: str) -> str:
    return f"I cannot read that file: {reason}."


def add_me_to(channel: str) -> str:
    return f"Add me to {channel} first: I cannot write there yet."


def suggested_questions() -> Sequence[tuple[str, str]]:
    """Openings for a first conversation: what they are called, and what is said."""
    return (
        ("What can you do?", "What can you do?"),
        ("What were you taught?", "What do you know about us?"),
        ("Teach me something", "[Learn] fact: "),
    )


def _adapter(name: str | None) -> str:
    return f"Adapter {name}" if name else "The base model"


def _age(runs_later: int) -> str:
    return f"{_count(runs_later, 'run')} later" if runs_later else "just learned"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _lessons(ids: Sequence[int]) -> str:
    return f"lesson {ids[0]}" if len(ids) == 1 else f"lessons {_numbers(ids)}"


def _either(names: Sequence[str]) -> str:
    return " or ".join(f"`{name}`" for name in names)


def _both(names: Sequence[str]) -> str:
    return " and ".join(f"`{name}`" for name in names)


def _numbers(ids: Iterable[int]) -> str:
    return ", ".join(str(each) for each in ids)


def _joined(reasons: Sequence[str]) -> str:
    return " ".join(reasons)


def _short(text: str, limit: int = 120) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
