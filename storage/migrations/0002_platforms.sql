-- 0002: what chat platforms need.
-- Reason: lessons come from messages that others wrote, edit and delete; a server
-- says who may do what and where; and a platform delivers the same event twice.

ALTER TABLE lessons ADD COLUMN memory_only INTEGER NOT NULL DEFAULT 0
    CHECK (memory_only IN (0, 1));
ALTER TABLE lessons ADD COLUMN consent TEXT NOT NULL DEFAULT 'not_needed'
    CHECK (consent IN ('not_needed', 'asked', 'given', 'refused'));
-- Whose words they are, where somebody else taught them.
ALTER TABLE lessons ADD COLUMN consent_of TEXT NOT NULL DEFAULT '';
ALTER TABLE lessons ADD COLUMN source_channel TEXT NOT NULL DEFAULT '';
ALTER TABLE lessons ADD COLUMN source_message TEXT NOT NULL DEFAULT '';

CREATE INDEX lessons_by_message ON lessons (server, source_channel, source_message)
WHERE source_message <> '';

CREATE TRIGGER lessons_wait_for_consent BEFORE UPDATE OF state ON lessons
WHEN NEW.state = 'approved' AND NEW.consent IN ('asked', 'refused')
BEGIN SELECT RAISE(ABORT, 'the author of the message has not agreed'); END;

CREATE TRIGGER lessons_forgotten_name_nobody BEFORE UPDATE OF state ON lessons
WHEN NEW.state = 'forgotten'
    AND NEW.consent_of || NEW.source_channel || NEW.source_message <> ''
BEGIN SELECT RAISE(ABORT, 'a forgotten lesson keeps nothing'); END;

DROP TRIGGER adapter_lessons_were_approved_for_all;
CREATE TRIGGER adapter_lessons_were_approved_for_all BEFORE INSERT ON adapter_lessons
WHEN EXISTS (
    SELECT 1 FROM lessons
    WHERE server = NEW.server AND id = NEW.lesson
        AND (channel IS NOT NULL OR memory_only OR state IN ('pending', 'rejected')))
BEGIN SELECT RAISE(ABORT, 'weights may not learn this lesson'); END;

ALTER TABLE servers ADD COLUMN set_up_at TEXT;
ALTER TABLE servers ADD COLUMN review_channel TEXT NOT NULL DEFAULT '';
ALTER TABLE servers ADD COLUMN learning_channels TEXT NOT NULL DEFAULT '[]'
    CHECK (json_valid(learning_channels));
ALTER TABLE servers ADD COLUMN moderators TEXT NOT NULL DEFAULT '[]'
    CHECK (json_valid(moderators));
ALTER TABLE servers ADD COLUMN teachers TEXT NOT NULL DEFAULT '[]'
    CHECK (json_valid(teachers));
ALTER TABLE servers ADD COLUMN everyone_teaches INTEGER NOT NULL DEFAULT 1
    CHECK (everyone_teaches IN (0, 1));
ALTER TABLE servers ADD COLUMN follow_threads INTEGER NOT NULL DEFAULT 0
    CHECK (follow_threads IN (0, 1));
ALTER TABLE servers ADD COLUMN persona TEXT NOT NULL DEFAULT '';

-- The message that asked: a correction goes when it goes.
ALTER TABLE answers ADD COLUMN message TEXT NOT NULL DEFAULT '';

-- What a person decided about their own words on a server.
CREATE TABLE people (
    server TEXT NOT NULL CHECK (server <> ''),
    person TEXT NOT NULL CHECK (person <> ''),
    opted_out INTEGER NOT NULL CHECK (opted_out IN (0, 1)),
    at TEXT NOT NULL,
    PRIMARY KEY (server, person)
) STRICT;

-- Where a lesson's review card hangs, so that it can be changed after a restart.
CREATE TABLE cards (
    server TEXT NOT NULL,
    lesson INTEGER NOT NULL,
    channel TEXT NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (server, lesson, channel, message),
    FOREIGN KEY (server, lesson) REFERENCES lessons (server, id)
) STRICT;

CREATE TABLE feedback (
    server TEXT NOT NULL CHECK (server <> ''),
    answer INTEGER NOT NULL REFERENCES answers (id),
    person TEXT NOT NULL,
    helpful INTEGER NOT NULL CHECK (helpful IN (0, 1)),
    at TEXT NOT NULL,
    PRIMARY KEY (answer, person)
) STRICT;

CREATE INDEX feedback_by_server ON feedback (server);

-- What was delivered lately: platforms repeat an event they think got lost.
CREATE TABLE deliveries (
    platform TEXT NOT NULL,
    id TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (platform, id)
) STRICT;

-- A platform's tokens for one workspace, encrypted by the platform's own code.
CREATE TABLE installations (
    platform TEXT NOT NULL,
    workspace TEXT NOT NULL,
    person TEXT NOT NULL DEFAULT '',
    body BLOB NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (platform, workspace, person)
) STRICT;

-- A server that removes Myna is purged, its journal too; nothing else deletes.
CREATE TABLE purging (server TEXT NOT NULL PRIMARY KEY) STRICT;

DROP TRIGGER lessons_are_never_deleted;
CREATE TRIGGER lessons_are_never_deleted BEFORE DELETE ON lessons
WHEN OLD.server NOT IN (SELECT server FROM purging)
BEGIN SELECT RAISE(ABORT, 'a lesson keeps its number for ever'); END;

DROP TRIGGER adapters_are_never_removed;
CREATE TRIGGER adapters_are_never_removed BEFORE DELETE ON adapters
WHEN OLD.server NOT IN (SELECT server FROM purging)
BEGIN SELECT RAISE(ABORT, 'an adapter keeps its number for ever'); END;

DROP TRIGGER promotions_are_never_deleted;
CREATE TRIGGER promotions_are_never_deleted BEFORE DELETE ON promotions
WHEN OLD.server NOT IN (SELECT server FROM purging)
BEGIN SELECT RAISE(ABORT, 'promotions are only ever added'); END;

DROP TRIGGER journal_is_never_deleted;
CREATE TRIGGER journal_is_never_deleted BEFORE DELETE ON journal
WHEN OLD.server NOT IN (SELECT server FROM purging)
BEGIN SELECT RAISE(ABORT, 'the journal is only ever added to'); END;
