"""Distributing the tables of a log over a Citus cluster, by location.

Every table with records or projections is distributed by ``location`` and colocated, so that the
tables of a location are on one node, keys and joins included. All others are copied
to every node as reference tables.

Row-level security is removed from what is distributed: the setting that it goes by does not reach
the shards, where policies would be applied, and Citus copies new rows into them by ``COPY``, which
PostgreSQL refuses under a policy. There, the statements alone keep locations apart.
"""

from typing import Final

import psycopg

from commlog_tui.store.errors import StoreUnavailableError
from commlog_tui.store.postgresql.connection import Row
from commlog_tui.store.postgresql.guards import ACCOUNTS, remove_security, tables
from commlog_tui.store.postgresql.migrations import lock

_IS_CITUS: Final = "SELECT count(*) FROM pg_extension WHERE extname = 'citus'"
_DISTRIBUTED: Final = "SELECT logicalrelid::regclass::text FROM pg_dist_partition"
_REFERENCE: Final = "SELECT create_reference_table(%s)"
_FIRST: Final = "SELECT create_distributed_table(%s, 'location', shard_count => %s::integer)"
_COLOCATED: Final = "SELECT create_distributed_table(%s, 'location', colocate_with => 'record')"
_SETTINGS: Final = "SET LOCAL citus.enable_unsafe_triggers = on"
"""Guards touch no row but those of the location whose row fires them, which is on the same node."""

SHARDS: Final = 128
"""Many more than nodes, as whole shards are moved when nodes are added."""


def distribute(connection: psycopg.Connection[Row], schema: str, shards: int = SHARDS) -> int:
    """Distribute what is not distributed yet and return how many tables that were.

    Nobody may use the log meanwhile. What was interrupted is finished by the next call.

    Raises ``StoreUnavailableError`` where the database is not in a Citus cluster.
    """
    ((is_citus,),) = connection.execute(_IS_CITUS).fetchall()
    if not is_citus:
        raise StoreUnavailableError(
            "This database is in no Citus cluster: it has no extension citus. Nothing was distributed."
        )
    with connection.transaction():
        lock(connection)
        done = {str(name).rpartition(".")[2] for (name,) in connection.execute(_DISTRIBUTED)}
        due = [name for name in order(connection, schema) if name not in done]
        for name in set(due) - set(ACCOUNTS):
            remove_security(connection, schema, name)
        for name in due:
            if name in ACCOUNTS:
                connection.execute(_REFERENCE, (name,))
    for name in due:
        if name not in ACCOUNTS:  # each for itself: so many shards take more locks than a server has
            with connection.transaction():
                lock(connection)
                connection.execute(_SETTINGS)
                connection.execute(*((_FIRST, (name, shards)) if name == "record" else (_COLOCATED, (name,))))
    return len(due)


def order(connection: psycopg.Connection[Row], schema: str) -> list[str]:
    """Return the tables in an order in which each comes after those that it refers to."""
    named = [name for name, _ in tables(connection, schema)]
    return sorted(named, key=lambda name: (name not in ACCOUNTS, name != "record", name))
