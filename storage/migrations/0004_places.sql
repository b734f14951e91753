-- 0004: where in its document a passage stands, and how documents are reviewed.
-- Reason: answers cite the page or the slide, a document has one card of its own, and
-- reviewers see what a newer reading has no more.

-- Where people find a passage in its document: page 3, slide 2.
ALTER TABLE lessons ADD COLUMN place TEXT NOT NULL DEFAULT ''
    CHECK (state <> 'forgotten' OR place = '');

DROP TRIGGER lessons_decided_stay_as_they_are;
CREATE TRIGGER lessons_decided_stay_as_they_are
BEFORE UPDATE OF server, id, kind, question, answer, text, examples, channel, document,
    heading, position, place ON lessons
WHEN OLD.state <> 'pending' AND NEW.state <> 'forgotten'
BEGIN SELECT RAISE(ABORT, 'only a waiting lesson can be edited'); END;

-- The lessons whose passages the older reading had, and this one has no more.
ALTER TABLE documents ADD COLUMN gone TEXT NOT NULL DEFAULT '[]'
    CHECK (json_valid(gone));

CREATE TRIGGER documents_supersede_others BEFORE INSERT ON documents
WHEN NEW.supersedes = NEW.id
BEGIN SELECT RAISE(ABORT, 'a document cannot supersede itself'); END;

-- Where a document's one review card hangs.
CREATE TABLE document_cards (
    server TEXT NOT NULL,
    document INTEGER NOT NULL,
    channel TEXT NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (server, document, channel, message),
    FOREIGN KEY (server, document) REFERENCES documents (server, id)
) STRICT;
