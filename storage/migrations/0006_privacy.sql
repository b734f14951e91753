-- 0006: what is done stays in the journal, the name of who did it need not.
-- Reason: a person who has their data deleted, and everybody after the time that is
-- set for it, is named in the journal by a keyed hash; nothing else of it may change.

DROP TRIGGER journal_is_never_changed;
CREATE TRIGGER journal_is_never_changed BEFORE UPDATE ON journal
WHEN NEW.id <> OLD.id OR NEW.at <> OLD.at OR NEW.server <> OLD.server
    OR NEW.action <> OLD.action OR NEW.lesson IS NOT OLD.lesson
    OR NEW.run IS NOT OLD.run OR NEW.adapter IS NOT OLD.adapter
    OR (NEW.actor <> OLD.actor AND NEW.actor NOT GLOB '~?*')
    OR (NEW.detail <> OLD.detail AND (
        json_remove(NEW.detail, '$.person', '$.moderators', '$.teachers', '$.trusted')
        <> json_remove(OLD.detail, '$.person', '$.moderators', '$.teachers', '$.trusted')
        OR NEW.detail NOT GLOB '*~?*'))
BEGIN SELECT RAISE(ABORT, 'the journal is only ever added to'); END;

DROP TRIGGER promotions_are_never_changed;
CREATE TRIGGER promotions_are_never_changed BEFORE UPDATE ON promotions
WHEN NEW.id <> OLD.id OR NEW.server <> OLD.server OR NEW.version IS NOT OLD.version
    OR NEW.kind <> OLD.kind OR NEW.at <> OLD.at
    OR (NEW.actor <> OLD.actor AND NEW.actor NOT GLOB '~?*')
    -- The reason of a rollback names who asked for it.
    OR (NEW.reason <> OLD.reason AND (NEW.kind <> 'rollback' OR NEW.reason <> ''))
BEGIN SELECT RAISE(ABORT, 'promotions are only ever added'); END;

-- What is looked for every day: deletions without a certificate, words past their time.
CREATE INDEX journal_by_action ON journal (action, server, id);
CREATE INDEX answers_with_names ON answers (at) WHERE actor <> '';
CREATE INDEX feedback_by_time ON feedback (at);
