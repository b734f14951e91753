-- 0007: tools that a community teaches, and the secrets that they are called with.
-- Reason: a tool is a lesson of its own kind, whose examples are requests and calls;
-- what an admin stores for it belongs to one host, so that nobody who may approve a
-- tool can have it sent elsewhere.

-- SQLite cannot change a CHECK: the table is written anew, with its new kind. Triggers
-- of other tables that read it would stop the renaming.
DROP TRIGGER adapter_lessons_were_approved_for_all;
DROP TRIGGER approvals_are_of_waiting_lessons;
CREATE TABLE lessons_0007 (
    server TEXT NOT NULL CHECK (server <> ''),
    id INTEGER NOT NULL CHECK (id > 0),
    kind TEXT NOT NULL CHECK (kind IN
        ('qa', 'fact', 'rule', 'passage', 'dialogue', 'tool')),
    question TEXT NOT NULL,
    answer TEXT NOT NULL,
    text TEXT NOT NULL,
    -- A rule's: [[message, reply], ...]; a tool's: [[request, call], ...].
    examples TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(examples)),
    author TEXT NOT NULL,
    author_name TEXT NOT NULL,
    provenance TEXT NOT NULL CHECK (provenance IN
        ('web', 'authored', 'operator_file', 'typed', 'upload', 'message')),
    state TEXT NOT NULL CHECK (state IN
        ('pending', 'approved', 'rejected', 'superseded', 'expired', 'forgotten')),
    taught_at TEXT NOT NULL,
    channel TEXT,
    platform TEXT NOT NULL,
    source TEXT NOT NULL,
    -- A passage's place: its document, the headings over it, its number there.
    document INTEGER,
    heading TEXT NOT NULL DEFAULT '',
    position INTEGER CHECK (position > 0),
    expires_at TEXT,
    supersedes INTEGER,
    findings TEXT NOT NULL CHECK (json_valid(findings)),
    decided_by TEXT NOT NULL DEFAULT '',
    decided_by_name TEXT NOT NULL DEFAULT '',
    decided_at TEXT,
    reason TEXT NOT NULL DEFAULT '',
    memory_only INTEGER NOT NULL DEFAULT 0 CHECK (memory_only IN (0, 1)),
    consent TEXT NOT NULL DEFAULT 'not_needed'
        CHECK (consent IN ('not_needed', 'asked', 'given', 'refused')),
    consent_of TEXT NOT NULL DEFAULT '',
    source_channel TEXT NOT NULL DEFAULT '',
    source_message TEXT NOT NULL DEFAULT '',
    -- Where people find a passage in its document: page 3, slide 2.
    place TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (server, id),
    FOREIGN KEY (server, supersedes) REFERENCES lessons (server, id),
    FOREIGN KEY (server, document) REFERENCES documents (server, id),
    CHECK (supersedes <> id),
    CHECK (CASE
        WHEN state = 'forgotten' THEN
            question || answer || text || author || author_name || source || heading
            || place || decided_by || decided_by_name || reason = ''
            AND findings = '[]' AND examples = '[]'
        WHEN kind = 'qa' THEN question <> '' AND answer <> '' AND text = ''
        ELSE question = '' AND answer = '' AND text <> ''
    END),
    CHECK (kind IN ('rule', 'tool') OR examples = '[]'),
    CHECK (kind <> 'passage' OR (document IS NOT NULL AND position IS NOT NULL)),
    CHECK (state NOT IN ('approved', 'rejected', 'superseded')
        OR (decided_by <> '' AND decided_at IS NOT NULL))
) STRICT;

INSERT INTO lessons_0007 (
    server, id, kind, question, answer, text, examples, author, author_name,
    provenance, state, taught_at, channel, platform, source, document, heading,
    position, expires_at, supersedes, findings, decided_by, decided_by_name,
    decided_at, reason, memory_only, consent, consent_of, source_channel,
    source_message, place)
SELECT
    server, id, kind, question, answer, text, examples, author, author_name,
    provenance, state, taught_at, channel, platform, source, document, heading,
    position, expires_at, supersedes, findings, decided_by, decided_by_name,
    decided_at, reason, memory_only, consent, consent_of, source_channel,
    source_message, place
FROM lessons;
DROP TABLE lessons;
ALTER TABLE lessons_0007 RENAME TO lessons;

CREATE INDEX lessons_by_state ON lessons (server, state);
CREATE INDEX lessons_by_message ON lessons (server, source_channel, source_message)
WHERE source_message <> '';
CREATE INDEX lessons_by_document ON lessons (server, document, position)
WHERE document IS NOT NULL;
CREATE INDEX lessons_by_author ON lessons (server, author, taught_at);

CREATE TRIGGER lessons_begin_pending BEFORE INSERT ON lessons
WHEN NEW.state <> 'pending'
BEGIN SELECT RAISE(ABORT, 'a new lesson waits for review'); END;

CREATE TRIGGER lessons_are_never_deleted BEFORE DELETE ON lessons
WHEN OLD.server NOT IN (SELECT server FROM purging)
BEGIN SELECT RAISE(ABORT, 'a lesson keeps its number for ever'); END;

CREATE TRIGGER lessons_move_forward BEFORE UPDATE OF state ON lessons
WHEN NEW.state <> OLD.state AND NEW.state <> 'forgotten' AND NOT (
    (OLD.state = 'pending' AND NEW.state IN ('approved', 'rejected', 'expired'))
    OR (OLD.state = 'approved' AND NEW.state IN ('superseded', 'expired')))
BEGIN SELECT RAISE(ABORT, 'a lesson cannot go from that state to this one'); END;

CREATE TRIGGER lessons_forgotten_stay_so BEFORE UPDATE ON lessons
WHEN OLD.state = 'forgotten'
BEGIN SELECT RAISE(ABORT, 'a forgotten lesson stays forgotten'); END;

-- What a moderator approved is what is trained on, and called, word for word.
CREATE TRIGGER lessons_decided_stay_as_they_are
BEFORE UPDATE OF server, id, kind, question, answer, text, examples, channel, document,
    heading, position, place ON lessons
WHEN OLD.state <> 'pending' AND NEW.state <> 'forgotten'
BEGIN SELECT RAISE(ABORT, 'only a waiting lesson can be edited'); END;

CREATE TRIGGER lessons_wait_for_consent BEFORE UPDATE OF state ON lessons
WHEN NEW.state = 'approved' AND NEW.consent IN ('asked', 'refused')
BEGIN SELECT RAISE(ABORT, 'the author of the message has not agreed'); END;

CREATE TRIGGER lessons_forgotten_name_nobody BEFORE UPDATE OF state ON lessons
WHEN NEW.state = 'forgotten'
    AND NEW.consent_of || NEW.source_channel || NEW.source_message <> ''
BEGIN SELECT RAISE(ABORT, 'a forgotten lesson keeps nothing'); END;

CREATE TRIGGER adapter_lessons_were_approved_for_all BEFORE INSERT ON adapter_lessons
WHEN EXISTS (
    SELECT 1 FROM lessons
    WHERE server = NEW.server AND id = NEW.lesson
        AND (channel IS NOT NULL OR memory_only OR state IN ('pending', 'rejected')))
BEGIN SELECT RAISE(ABORT, 'weights may not learn this lesson'); END;

CREATE TRIGGER expansions_go_with_their_lesson AFTER UPDATE OF state ON lessons
WHEN NEW.state = 'forgotten'
BEGIN DELETE FROM expansions WHERE server = NEW.server AND lesson = NEW.id; END;

CREATE TRIGGER approvals_are_of_waiting_lessons BEFORE INSERT ON approvals
WHEN NOT EXISTS (
    SELECT 1 FROM lessons
    WHERE server = NEW.server AND id = NEW.lesson AND state = 'pending')
BEGIN SELECT RAISE(ABORT, 'that lesson waits no longer'); END;

-- Decided, expired or forgotten: nobody's name stays behind.
CREATE TRIGGER approvals_end_with_the_wait AFTER UPDATE OF state ON lessons
WHEN NEW.state <> 'pending'
BEGIN DELETE FROM approvals WHERE server = NEW.server AND lesson = NEW.id; END;

-- Other words, or other readers, are approved anew.
CREATE TRIGGER approvals_are_of_the_words_that_were_read
AFTER UPDATE OF kind, question, answer, text, examples, channel ON lessons
WHEN NEW.state = 'pending'
BEGIN DELETE FROM approvals WHERE server = NEW.server AND lesson = NEW.id; END;

-- What tools are called with and nobody is shown; kept in encrypted databases only.
CREATE TABLE tool_secrets (
    server TEXT NOT NULL CHECK (server <> ''),
    name TEXT NOT NULL CHECK (name <> ''),
    -- The one host that it is sent to, with its port where that is none of the web's.
    host TEXT NOT NULL CHECK (host <> ''),
    value TEXT NOT NULL CHECK (value <> ''),
    set_by TEXT NOT NULL,
    set_at TEXT NOT NULL,
    PRIMARY KEY (server, name)
) STRICT;
