"""Connection limits by client address, so that silent clients keep nobody out.

Connections are counted when accepted, before any TLS handshake. At the limit, the oldest idle one
without a valid token is closed.
"""

import socket
from collections import Counter
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any, Protocol

from typing_extensions import override

from commlog_tui.service.limits import Limits, network_of

Address = tuple[Any, ...]


class Served(Protocol):
    """What the gate asks of a connection on which requests are served."""

    def is_idle_stranger(self) -> bool:
        """Whether it waits for its client, who has shown no valid token."""
        ...

    def cut(self) -> None:
        """Close it at once."""
        ...


class AcceptedSocket(socket.socket):
    """An accepted connection, counted until it is closed."""

    gate: "Gate"
    address: Address = ()
    network: str = ""
    served: Served | None = None
    """None before and during the TLS handshake."""

    @override
    def close(self) -> None:
        """Close it and give its place to another."""
        self.gate.leave(self)
        super().close()

    @property
    def is_idle_stranger(self) -> bool:
        """Whether it may be cut to make room."""
        return self.served is None or self.served.is_idle_stranger()

    def cut(self) -> None:
        """Close it at once."""
        self.gate.leave(self)
        if self.served is not None:
            self.served.cut()
        else:
            self.shutdown(socket.SHUT_RDWR)


class Gate:
    """Counts the connections there are, and makes room for a new one."""

    def __init__(self, limits: Limits, proxies: Sequence[str] = ()) -> None:
        self._limits = limits
        self._proxies: list[IPv4Network | IPv6Network] = [ip_network(proxy, strict=False) for proxy in proxies]
        self._open: dict[Address, AcceptedSocket] = {}
        self._counts: Counter[str] = Counter()
        self.cut = 0
        """Connections cut to make room."""

    def enter(self, accepted: AcceptedSocket) -> None:
        """Count a new connection, and cut others where there are too many."""
        accepted.network = self._network_of(str(accepted.address[0]))
        self._open[accepted.address] = accepted
        self._counts[accepted.network] += 1
        if accepted.network and self._is_over_share(accepted.network):
            self._make_room(accepted, accepted.network)
        if len(self._open) > self._limits.connections:
            self._make_room(accepted, self._largest())

    def leave(self, accepted: AcceptedSocket) -> None:
        """Stop counting a connection; a no-op for one that is not counted any more."""
        if self._open.get(accepted.address) is accepted:
            del self._open[accepted.address]
            self._counts[accepted.network] -= 1
            self._counts += Counter()  # drops what stands at none

    def find(self, address: Address) -> AcceptedSocket | None:
        """Return the connection from an address."""
        return self._open.get(address)

    def is_crowded(self, accepted: AcceptedSocket | None) -> bool:
        """Whether a connection is one too many, though others were cut where that was possible."""
        share = accepted is not None and bool(accepted.network) and self._is_over_share(accepted.network)
        return share or len(self._open) > self._limits.connections

    def _is_over_share(self, network: str) -> bool:
        share = self._limits.connections_per_address
        return bool(share) and self._counts[network] > share

    def _largest(self) -> str | None:
        """Return the network with the most connections that can be cut."""
        strangers = Counter(one.network for one in self._open.values() if one.is_idle_stranger)
        return max(strangers, key=strangers.__getitem__, default=None)

    def _make_room(self, new: AcceptedSocket, network: str | None) -> None:
        for one in self._open.values():  # in the order they came
            if one is not new and one.network == network and one.is_idle_stranger:
                self.cut += 1
                one.cut()
                return

    def _network_of(self, host: str) -> str:
        """Return the limit's key of an address. A trusted proxy speaks for many and has none."""
        try:
            address = ip_address(host.partition("%")[0])
        except ValueError:
            return network_of(host)
        mapped = getattr(address, "ipv4_mapped", None) or address
        return "" if any(mapped in proxy for proxy in self._proxies) else network_of(str(mapped))


class Listener(socket.socket):
    """A listening socket whose connections are counted by a gate."""

    gate: Gate

    @classmethod
    def over(cls, listener: socket.socket, gate: Gate) -> "Listener":
        """Return the socket with its protocol set, which asyncio needs for TCP_NODELAY.

        Otherwise Nagle's algorithm holds an answer's body back until the other side acknowledges
        its head, which it delays.
        """
        self = cls(listener.family, listener.type, socket.IPPROTO_TCP, fileno=listener.detach())
        self.gate = gate
        return self

    @override
    def accept(self) -> tuple[socket.socket, Any]:
        """Accept a connection."""
        plain, address = super().accept()
        accepted = AcceptedSocket(plain.family, plain.type, plain.proto, fileno=plain.detach())
        accepted.gate, accepted.address = self.gate, address
        self.gate.enter(accepted)
        return accepted, address
