"""Databases on a Citus cluster: on every node, with the extension, and with the tables distributed."""

import secrets
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.sql import SQL, Composed, Identifier

from commlog_tui.store.postgresql import distribution
from commlog_tui.store.postgresql.connection import connect, parameters
from tests.postgresql.binaries import NoServerError

_SHARDS: Final = 4
_OWNER: Final = "commlog_test"
"""Owns the databases of the tests. It is no superuser, as a service refuses to be one."""
_IS_CLUSTER: Final = "SELECT count(*) > 0 FROM pg_extension WHERE extname = 'citus'"
_NODES: Final = "SELECT nodename, nodeport FROM pg_dist_node WHERE noderole = 'primary' ORDER BY groupid <> 0, nodeid"
_CREATE: Final = SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY FILE_COPY")
_END: Final = SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}")
_IS_ROLE: Final = "SELECT count(*) > 0 FROM pg_roles WHERE rolname = %s"
_ROLE: Final = "{} ROLE {} LOGIN CREATEDB CREATEROLE PASSWORD '{}'"


@dataclass
class CitusCluster:
    """A cluster whose nodes can be reached from here, and from each other, by a superuser."""

    admin: str
    """URL of the coordinator, for that superuser."""
    nodes: list[tuple[str, int]]
    """Addresses of the nodes, the coordinator first."""
    password: str

    @classmethod
    def find(cls, url: str) -> "CitusCluster | None":
        """Return the cluster whose coordinator a URL names; None where it is a plain server.

        Raises ``NoServerError``.
        """
        with closing(psycopg.connect(url, autocommit=True)) as connection:
            if connection.execute(_IS_CLUSTER).fetchall() == [(False,)]:
                return None
            nodes = connection.execute(_NODES).fetchall()
            if connection.info.parameter_status("is_superuser") != "on":
                raise NoServerError("tests on a Citus cluster need the URL of a superuser, for its extension")
        if len(nodes) < 2:
            raise NoServerError("the Citus cluster has no workers, or citus_set_coordinator_host was not called")
        cluster = cls(url, [(str(host), int(port)) for host, port in nodes], secrets.token_hex(16))
        for node in cluster._nodes():
            node.execute("SELECT set_config('citus.enable_create_role_propagation', 'off', false)")
            node.execute("SELECT set_config('citus.enable_alter_role_propagation', 'off', false)")
            ((exists,),) = node.execute(_IS_ROLE, (_OWNER,)).fetchall()
            node.execute(_ROLE.format("ALTER" if exists else "CREATE", _OWNER, cluster.password))
        return cluster

    def create(self, name: str, template: str = "") -> None:
        """Create a database on every node; without a template, with the extension and without tables."""
        self._everywhere(_CREATE.format(Identifier(name), Identifier(_OWNER), Identifier(template or "template0")))
        if template:
            return
        for node in self._nodes(name):
            node.execute("CREATE EXTENSION citus")
        coordinator, *workers = self.nodes
        with closing(self._connect(self.nodes[0], name)) as connection:
            connection.execute("INSERT INTO pg_dist_authinfo VALUES (0, %s, %s)", (_OWNER, f"password={self.password}"))
            connection.execute("SELECT citus_set_coordinator_host(%s, %s)", coordinator)
            for worker in workers:
                connection.execute("SELECT citus_add_node(%s, %s)", worker)

    def make_template(self, url: str) -> None:
        """Distribute the tables of a database, and let nobody connect to it from then on."""
        with closing(connect(parameters(url))) as connection:
            distribution.distribute(connection, "public", _SHARDS)
            name = connection.info.dbname
        self._everywhere(SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(Identifier(name)), _END.format(name))

    def drop(self, name: str) -> None:
        """Drop a database on every node, whoever still uses it."""
        self._everywhere(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))

    @property
    def owner(self) -> str:
        """User and password of the owner, as in a URL."""
        return f"{_OWNER}:{self.password}"

    def _everywhere(self, *statements: Composed) -> None:
        for node in self._nodes():
            for statement in statements:
                node.execute(statement)

    def _nodes(self, database: str = "") -> Iterator[psycopg.Connection[Any]]:
        """Yield a connection to each node, to the database that the URL names if to no other."""
        for node in self.nodes:
            with closing(self._connect(node, database)) as connection:
                yield connection

    def _connect(self, node: tuple[str, int], database: str) -> psycopg.Connection[Any]:
        values: dict[str, Any] = dict(conninfo_to_dict(self.admin))
        if node != self.nodes[0]:  # which may be known by another name from here
            values["host"], values["port"] = node
        return psycopg.connect(
            make_conninfo("", **values | ({"dbname": database} if database else {})), autocommit=True
        )
