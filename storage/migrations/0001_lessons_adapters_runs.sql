-- 0001: the first tables.
-- Reason: a server's lessons, what was made of them and who did what must survive
-- any crash, so every rule that can be written as a constraint is one. Whatever
-- belongs to a server carries its name in the key, so that no reference can cross
-- from one server to another.

CREATE TABLE lessons (
    server TEXT NOT NULL CHECK (server <> ''),
    id INTEGER NOT NULL CHECK (id > 0),
    kind TEXT NOT NULL CHECK (kind IN ('qa', 'fact', 'rule')),
    question TEXT NOT NULL,
    answer TEXT NOT NULL,
    text TEXT NOT NULL,
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
    expires_at TEXT,
    supersedes INTEGER,
    findings TEXT NOT NULL CHECK (json_valid(findings)),
    decided_by TEXT NOT NULL DEFAULT '',
    decided_by_name TEXT NOT NULL DEFAULT '',
    decided_at TEXT,
    reason TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (server, id),
    FOREIGN KEY (server, supersedes) REFERENCES lessons (server, id),
    CHECK (supersedes <> id),
    CHECK (CASE
        WHEN state = 'forgotten' THEN
            question || answer || text || author || author_name || source
            || decided_by || decided_by_name || reason = '' AND findings = '[]'
        WHEN kind = 'qa' THEN question <> '' AND answer <> '' AND text = ''
        ELSE question = '' AND answer = '' AND text <> ''
    END),
    CHECK (state NOT IN ('approved', 'rejected', 'superseded')
        OR (decided_by <> '' AND decided_at IS NOT NULL))
) STRICT;

CREATE INDEX lessons_by_state ON lessons (server, state);

CREATE TRIGGER lessons_begin_pending BEFORE INSERT ON lessons
WHEN NEW.state <> 'pending'
BEGIN SELECT RAISE(ABORT, 'a new lesson waits for review'); END;

CREATE TRIGGER lessons_are_never_deleted BEFORE DELETE ON lessons
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
BEFORE UPDATE OF server, id, kind, question, answer, text, channel ON lessons
WHEN OLD.state <> 'pending' AND NEW.state <> 'forgotten'
BEGIN SELECT RAISE(ABORT, 'only a waiting lesson can be edited'); END;

CREATE TABLE runs (
    id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
    server TEXT NOT NULL CHECK (server <> ''),
    kind TEXT NOT NULL CHECK (kind IN ('warm', 'fresh')),
    state TEXT NOT NULL CHECK (state IN
        ('queued', 'running', 'exam', 'promoted', 'refused', 'failed', 'cancelled')),
    lessons TEXT NOT NULL CHECK (json_valid(lessons)),
    requested_by TEXT NOT NULL,
    created_at TEXT NOT NULL,
    started_at TEXT,
    finished_at TEXT,
    reason TEXT NOT NULL DEFAULT '',
    scorecard_before TEXT
        CHECK (scorecard_before IS NULL OR json_valid(scorecard_before)),
    scorecard_after TEXT
        CHECK (scorecard_after IS NULL OR json_valid(scorecard_after)),
    UNIQUE (server, id),
    CHECK ((finished_at IS NULL) = (state IN ('queued', 'running', 'exam')))
) STRICT;

CREATE UNIQUE INDEX one_active_run_a_server ON runs (server)
WHERE state IN ('queued', 'running', 'exam');

CREATE TABLE adapters (
    server TEXT NOT NULL CHECK (server <> ''),
    version INTEGER NOT NULL CHECK (version > 0),
    parent INTEGER CHECK (parent < version),
    run TEXT NOT NULL,
    base_digest TEXT NOT NULL,
    skills_digest TEXT NOT NULL,
    path TEXT NOT NULL UNIQUE,
    manifest_digest TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN
        ('candidate', 'promoted', 'refused', 'tainted', 'deleted')),
    created_at TEXT NOT NULL,
    PRIMARY KEY (server, version),
    FOREIGN KEY (server, parent) REFERENCES adapters (server, version),
    FOREIGN KEY (server, run) REFERENCES runs (server, id)
) STRICT;

CREATE TRIGGER adapters_are_never_removed BEFORE DELETE ON adapters
BEGIN SELECT RAISE(ABORT, 'an adapter keeps its number for ever'); END;

CREATE TRIGGER adapters_tainted_stay_so BEFORE UPDATE OF state ON adapters
WHEN OLD.state = 'deleted' OR (OLD.state = 'tainted' AND NEW.state <> 'deleted')
BEGIN SELECT RAISE(ABORT, 'a tainted or deleted adapter never comes back'); END;

CREATE TABLE adapter_lessons (
    server TEXT NOT NULL,
    version INTEGER NOT NULL,
    lesson INTEGER NOT NULL,
    PRIMARY KEY (server, version, lesson),
    FOREIGN KEY (server, version) REFERENCES adapters (server, version),
    FOREIGN KEY (server, lesson) REFERENCES lessons (server, id)
) STRICT;

CREATE INDEX adapters_by_lesson ON adapter_lessons (server, lesson);

-- Weights cannot keep a channel's secret, and nothing unapproved is trained on.
CREATE TRIGGER adapter_lessons_were_approved_for_all BEFORE INSERT ON adapter_lessons
WHEN EXISTS (
    SELECT 1 FROM lessons
    WHERE server = NEW.server AND id = NEW.lesson
        AND (channel IS NOT NULL OR state IN ('pending', 'rejected')))
BEGIN SELECT RAISE(ABORT, 'weights may not learn this lesson'); END;

CREATE TABLE promotions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    server TEXT NOT NULL CHECK (server <> ''),
    version INTEGER,
    kind TEXT NOT NULL CHECK (kind IN ('promote', 'rollback', 'withdraw')),
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    FOREIGN KEY (server, version) REFERENCES adapters (server, version),
    CHECK (kind <> 'promote' OR version IS NOT NULL),
    CHECK (kind <> 'withdraw' OR version IS NULL)
) STRICT;

CREATE INDEX promotions_by_server ON promotions (server, id);

CREATE TRIGGER promotions_name_promoted_adapters BEFORE INSERT ON promotions
WHEN EXISTS (
    SELECT 1 FROM adapters
    WHERE server = NEW.server AND version = NEW.version AND state <> 'promoted')
BEGIN SELECT RAISE(ABORT, 'only an adapter that passed its exam may serve'); END;

CREATE TRIGGER promotions_are_never_changed BEFORE UPDATE ON promotions
BEGIN SELECT RAISE(ABORT, 'promotions are only ever added'); END;

CREATE TRIGGER promotions_are_never_deleted BEFORE DELETE ON promotions
BEGIN SELECT RAISE(ABORT, 'promotions are only ever added'); END;

CREATE TABLE journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    server TEXT NOT NULL CHECK (server <> ''),
    actor TEXT NOT NULL,
    action TEXT NOT NULL CHECK (action GLOB '?*.?*'),
    lesson INTEGER,
    run TEXT,
    adapter INTEGER,
    detail TEXT NOT NULL CHECK (json_valid(detail)),
    FOREIGN KEY (server, lesson) REFERENCES lessons (server, id),
    FOREIGN KEY (server, run) REFERENCES runs (server, id),
    FOREIGN KEY (server, adapter) REFERENCES adapters (server, version)
) STRICT;

CREATE INDEX journal_by_server ON journal (server, id);

CREATE TRIGGER journal_is_never_changed BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is only ever added to'); END;

CREATE TRIGGER journal_is_never_deleted BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is only ever added to'); END;

CREATE TABLE answers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    server TEXT NOT NULL CHECK (server <> ''),
    channel TEXT,
    actor TEXT NOT NULL,
    question TEXT NOT NULL,
    answer TEXT NOT NULL,
    abstained INTEGER NOT NULL CHECK (abstained IN (0, 1)),
    adapter TEXT CHECK (adapter LIKE 'skills/%'
        OR substr(adapter, 1, length(server) + 1) = server || '/'),
    notes TEXT NOT NULL CHECK (json_valid(notes)),
    lessons TEXT NOT NULL CHECK (json_valid(lessons))
) STRICT;

CREATE INDEX answers_by_actor ON answers (server, actor, id);

CREATE TABLE servers (
    server TEXT NOT NULL PRIMARY KEY CHECK (server <> ''),
    nightly_hour INTEGER CHECK (nightly_hour BETWEEN 0 AND 23),
    time_zone TEXT CHECK (time_zone <> ''),
    minimum_new_lessons INTEGER CHECK (minimum_new_lessons > 0),
    last_nightly_at TEXT
) STRICT;
