-- 0005: more than one look at what is held.
-- Reason: a lesson that screening holds is approved by two moderators, which must
-- survive a restart and a race; a server says who may approve what; some teachers are
-- trusted; and moderators guard answers that no training may change.

ALTER TABLE servers ADD COLUMN two_person_review TEXT NOT NULL DEFAULT 'auto'
    CHECK (two_person_review IN ('auto', 'on', 'off'));
ALTER TABLE servers ADD COLUMN own_lessons TEXT NOT NULL DEFAULT 'auto'
    CHECK (own_lessons IN ('auto', 'allow', 'refuse'));
ALTER TABLE servers ADD COLUMN trusted TEXT NOT NULL DEFAULT '[]'
    CHECK (json_valid(trusted));
ALTER TABLE servers ADD COLUMN largest_share INTEGER NOT NULL DEFAULT 50
    CHECK (largest_share BETWEEN 1 AND 100);

-- Who approved a waiting lesson that needs two. The key counts nobody twice.
CREATE TABLE approvals (
    server TEXT NOT NULL,
    lesson INTEGER NOT NULL,
    person TEXT NOT NULL CHECK (person <> ''),
    name TEXT NOT NULL,
    memory_only INTEGER NOT NULL CHECK (memory_only IN (0, 1)),
    at TEXT NOT NULL,
    PRIMARY KEY (server, lesson, person),
    FOREIGN KEY (server, lesson) REFERENCES lessons (server, id)
) STRICT;

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

-- Teachers who were trusted, or moderators, when they last taught.
CREATE TABLE trusted_teachers (
    server TEXT NOT NULL CHECK (server <> ''),
    person TEXT NOT NULL CHECK (person <> ''),
    PRIMARY KEY (server, person)
) STRICT;

CREATE INDEX lessons_by_author ON lessons (server, author, taught_at);

-- Questions whose answers must not change.
CREATE TABLE canaries (
    server TEXT NOT NULL CHECK (server <> ''),
    id INTEGER NOT NULL CHECK (id > 0),
    question TEXT NOT NULL CHECK (question <> ''),
    answer TEXT NOT NULL CHECK (answer <> ''),
    by TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (server, id),
    UNIQUE (server, question)
) STRICT;
