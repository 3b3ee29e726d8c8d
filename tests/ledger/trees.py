"""Trees for the tests of the ledger.

The reference tree of certificate transparency, and a plain reading of the RFC.
"""

from collections.abc import Sequence

from commlog_tui.ledger.leaf import leaf_hash
from commlog_tui.ledger.tree import EMPTY_ROOT, Subtree, node_hash

# The eight leaves that the implementations of RFC 6962 share (certificate-transparency, trillian,
# transparency-dev/merkle).
INPUTS = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf_hash(given) for given in INPUTS]


def plain_root(leaves: Sequence[bytes]) -> bytes:
    """The root as RFC 9162, section 2.1.1, defines it."""
    if len(leaves) < 2:
        return leaves[0] if leaves else EMPTY_ROOT
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(plain_root(leaves[:half]), plain_root(leaves[half:]))


def subtree_of(leaves: Sequence[bytes]) -> Subtree:
    """Complete subtrees of these leaves, and no others."""

    def subtree(level: int, index: int) -> bytes:
        part = leaves[index << level : index + 1 << level]
        assert len(part) == 1 << level, "only complete subtrees are kept"
        return plain_root(part)

    return subtree
