-- 0003: passages of documents, dialogues, rules with examples.
-- Reason: a document is reviewed as a whole or in parts, its passages keep their place
-- in it, what changed is compared with what was read before, and what a model wrote
-- about a lesson is kept where a moderator can see it.

-- SQLite cannot change a CHECK: the table is written anew, with its new kinds.
DROP TRIGGER adapter_lessons_were_approved_for_all;
CREATE TABLE lessons_0003 (
    server TEXT NOT NULL CHECK (server <> ''),
    id INTEGER NOT NULL CHECK (id > 0),
    kind TEXT NOT NULL CHECK (kind IN ('qa', 'fact', 'rule', 'passage', 'dialogue')),
    question TEXT NOT NULL,
    answer TEXT NOT NULL,
    text TEXT NOT NULL,
    -- A rule's: [[message, reply], ...].
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
    PRIMARY KEY (server, id),
    FOREIGN KEY (server, supersedes) REFERENCES lessons (server, id),
    FOREIGN KEY (server, document) REFERENCES documents (server, id),
    CHECK (supersedes <> id),
    CHECK (CASE
        WHEN state = 'forgotten' THEN
            question || answer || text || author || author_name || source || heading
            || decided_by || decided_by_name || reason = ''
            AND findings = '[]' AND examples = '[]'
        WHEN kind = 'qa' THEN question <> '' AND answer <> '' AND text = ''
        ELSE question = '' AND answer = '' AND text <> ''
    END),
    CHECK (kind = 'rule' OR examples = '[]'),
    CHECK (kind <> 'passage' OR (document IS NOT NULL AND position IS NOT NULL)),
    CHECK (state NOT IN ('approved', 'rejected', 'superseded')
        OR (decided_by <> '' AND decided_at IS NOT NULL))
) STRICT;

INSERT INTO lessons_0003 (
    server, id, kind, question, answer, text, author, author_name, provenance, state,
    taught_at, channel, platform, source, expires_at, supersedes, findings, decided_by,
    decided_by_name, decided_at, reason, memory_only, consent, consent_of,
    source_channel, source_message)
SELECT
    server, id, kind, question, answer, text, author, author_name, provenance, state,
    taught_at, channel, platform, source, expires_at, supersedes, findings, decided_by,
    decided_by_name, decided_at, reason, memory_only, consent, consent_of,
    source_channel, source_message
FROM lessons;
DROP TABLE lessons;
ALTER TABLE lessons_0003 RENAME TO lessons;

CREATE INDEX lessons_by_state ON lessons (server, state);
CREATE INDEX lessons_by_message ON lessons (server, source_channel, source_message)
WHERE source_message <> '';
CREATE INDEX lessons_by_document ON lessons (server, document, position)
WHERE document IS NOT NULL;

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

-- What a moderator approved is what is trained on, word for word.
CREATE TRIGGER lessons_decided_stay_as_they_are
BEFORE UPDATE OF server, id, kind, question, answer, text, examples, channel, document,
    heading, position ON lessons
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

-- Something that was read as a whole: a file, a page, a channel's history.
CREATE TABLE documents (
    server TEXT NOT NULL CHECK (server <> ''),
    id INTEGER NOT NULL CHECK (id > 0),
    -- A link or a file's name; with its title, empty once its last passage is forgotten.
    source TEXT NOT NULL,
    title TEXT NOT NULL,
    -- What was searched for, where it was found by searching.
    query TEXT NOT NULL DEFAULT '',
    provenance TEXT NOT NULL,
    -- sha256 of its text, to see whether it changed.
    text_digest TEXT NOT NULL,
    -- The document that this is a newer reading of.
    supersedes INTEGER,
    added_by TEXT NOT NULL,
    added_by_name TEXT NOT NULL,
    added_at TEXT NOT NULL,
    PRIMARY KEY (server, id),
    FOREIGN KEY (server, supersedes) REFERENCES documents (server, id)
) STRICT;

CREATE INDEX documents_by_source ON documents (server, source);

-- Pages that are read again, and put up for review where they differ.
CREATE TABLE watches (
    server TEXT NOT NULL CHECK (server <> ''),
    source TEXT NOT NULL CHECK (source <> ''),
    every_hours INTEGER NOT NULL CHECK (every_hours > 0),
    -- Where it was asked for: what comes of it has that scope.
    channel TEXT,
    platform TEXT NOT NULL,
    added_by TEXT NOT NULL,
    added_by_name TEXT NOT NULL,
    added_at TEXT NOT NULL,
    checked_at TEXT,
    failures INTEGER NOT NULL DEFAULT 0,
    problem TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (server, source)
) STRICT;

-- What a model wrote about a lesson: questions and answers that passed its check.
CREATE TABLE expansions (
    server TEXT NOT NULL,
    lesson INTEGER NOT NULL,
    -- A digest of all that the pairs depend on: the lesson, the model, the method.
    made_of TEXT NOT NULL,
    pairs TEXT NOT NULL CHECK (json_valid(pairs)),
    at TEXT NOT NULL,
    PRIMARY KEY (server, lesson),
    FOREIGN KEY (server, lesson) REFERENCES lessons (server, id)
) STRICT;

CREATE TRIGGER expansions_go_with_their_lesson AFTER UPDATE OF state ON lessons
WHEN NEW.state = 'forgotten'
BEGIN DELETE FROM expansions WHERE server = NEW.server AND lesson = NEW.id; END;
