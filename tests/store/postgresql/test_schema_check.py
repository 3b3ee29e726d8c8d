"""A database whose tables, guards or indexes are not those of this version is refused, by name."""

from contextlib import closing

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from commlog_tui.store.errors import DamagedLogError
from commlog_tui.store.opening import open_store
from commlog_tui.store.postgresql.connection import connect, parameters
from commlog_tui.store.postgresql.migrations import MIGRATIONS, migrate
from commlog_tui.store.postgresql.schema_check import require_schema, schema_faults
from tests.postgresql.fixtures import CreateDatabase

POLICIES = [
    ("ALTER TABLE entry NO FORCE ROW LEVEL SECURITY", "the table 'entry' was changed"),
    ("ALTER TABLE entry DISABLE ROW LEVEL SECURITY", "the table 'entry' was changed"),
    ("DROP POLICY own_location ON record", "the policy 'record.own_location' is missing"),
    ("CREATE POLICY planted ON record USING (true)", "the policy 'record.planted', which commlog did not create"),
    ("ALTER POLICY own_location ON record USING (true)", "the policy 'record.own_location' was changed"),
    ("ALTER POLICY upkeep ON record TO PUBLIC", "the policy 'record.upkeep' was changed"),
]
CHANGED = [
    ("DROP TRIGGER record_is_never_updated ON record", "the trigger 'record.record_is_never_updated' is missing"),
    ("DROP TRIGGER form_is_never_changed ON form", "the trigger 'form.form_is_never_changed'"),
    ("ALTER TABLE record DISABLE TRIGGER record_is_never_updated", "'record.record_is_never_updated' was changed"),
    ("ALTER TABLE record ENABLE TRIGGER record_is_never_updated", "'record.record_is_never_updated' was changed"),
    ("DROP INDEX entry_by_time", "the index 'entry_by_time' is missing"),
    ("CREATE INDEX planted ON entry (sent_at)", "the index 'planted', which commlog did not create, was added"),
    ("CREATE TABLE planted (x integer)", "the table 'planted', which commlog did not create, was added"),
    ("CREATE VIEW planted AS SELECT 1", "the table 'planted', which commlog did not create, was added"),
    ("CREATE SEQUENCE planted", "the table 'planted', which commlog did not create, was added"),
    ("CREATE FUNCTION planted() RETURNS integer LANGUAGE sql AS 'SELECT 1'", "the function 'planted()'"),
    (
        "CREATE FUNCTION refuse_change(x integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "'refuse_change(x integer)",
    ),
    (
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "the function 'refuse_change()' was changed",
    ),
    ("ALTER FUNCTION refuse_removal() SECURITY DEFINER", "the function 'refuse_removal()' was changed"),
    ("CREATE RULE planted AS ON INSERT TO entry DO INSTEAD NOTHING", "the rule 'entry.planted'"),
    (
        "CREATE TRIGGER planted BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "the trigger 'entry.planted', which commlog did not create, was added",
    ),
    ("ALTER TABLE entry ALTER COLUMN facet SET DEFAULT 1", "the column 'entry.facet' was changed"),
    ("ALTER TABLE entry ADD COLUMN planted text", "the column 'entry.planted', which commlog did not create"),
    ("ALTER TABLE form DROP CONSTRAINT form_location_fkey", "the constraint 'form_location_fkey'"),
    ("ALTER TABLE record DROP CONSTRAINT record_location_id_key", "'record_location_id_key' is missing"),
    ("ALTER TABLE entry ADD CHECK (sent_at > 0)", "the constraint 'entry_sent_at_check'"),
    ("CREATE TABLE planted () INHERITS (record)", "the table 'planted'"),
]


@pytest.mark.parametrize(("statement", "words"), POLICIES)
@pytest.mark.usefixtures("row_level_security")
def test_a_policy_that_was_changed_is_named_and_refused(postgresql_url: str, statement: str, words: str) -> None:
    test_what_was_changed_is_named_and_refused(postgresql_url, statement, words)


@pytest.mark.parametrize(("statement", "words"), CHANGED)
def test_what_was_changed_is_named_and_refused(postgresql_url: str, statement: str, words: str) -> None:
    with psycopg.connect(postgresql_url) as connection:
        connection.execute(statement)
    with pytest.raises(DamagedLogError) as refused:
        open_store(postgresql_url)
    assert words in str(refused.value)
    assert "Nothing was changed" in str(refused.value)


def test_a_schema_of_another_name_is_sound_and_the_check_leaves_nothing(create_database: CreateDatabase) -> None:
    url = make_conninfo(create_database(migrated=False), options="-c search_path=log_1")
    with closing(connect(parameters(url))) as connection:
        connection.execute("CREATE SCHEMA log_1")
        assert migrate(connection) == len(MIGRATIONS)
        assert not schema_faults(connection)
        assert connection.execute("SELECT count(*) FROM pg_class WHERE relname = 'record'").fetchall() == [(1,)]


def test_a_sound_schema_is_accepted_each_time(postgresql_url: str) -> None:
    with closing(connect(parameters(postgresql_url))) as connection:
        require_schema(connection)
        require_schema(connection)
