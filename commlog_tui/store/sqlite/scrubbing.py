"""Leaving nothing of what was deleted in the file's bytes.

Three places keep copies. Free space within pages and free pages: secure_delete overwrites these as rows go. The write-ahead
log: a checkpoint empties it. The gaps in pages whose rows were moved to others as the tree was balanced: only VACUUM, which
writes the whole file anew, is rid of those.
"""

from typing import Final

import apsw

from commlog_tui.store.sqlite.connection import number

AT_ONCE: Final = 256 << 20
"""Bytes: so large a file is written anew within a few seconds. A larger one waits for the service's hour."""

HOWEVER_LARGE: Final = 1 << 62


def is_due(connection: apsw.Connection) -> bool:
    """Whether something has been redacted since the file was last written anew."""
    return number(connection, "SELECT scrub FROM log", ()) != 0


def require(connection: apsw.Connection) -> None:
    """Remember, in the transaction that deletes, that the file is to be written anew."""
    connection.execute("UPDATE log SET scrub = 1 WHERE scrub = 0")


def scrub(connection: apsw.Connection, largest: int) -> bool:
    """Write the file anew if that is due and it is not larger than so many bytes, and empty the write-ahead log.

    Return whether that came to its end: a reader of another process can hold up the second part.

    SQLite does not sync the log it has emptied, and a power cut would bring it back. That it was due is therefore forgotten last:
    this commit syncs the emptied log, and a cut before it leaves all of it to be done again.
    """
    size = int(connection.pragma("page_count")) * int(connection.pragma("page_size"))
    is_worth_it = is_due(connection) and size <= largest
    if is_worth_it:
        connection.execute("VACUUM")
    is_empty = number(connection, "PRAGMA wal_checkpoint(TRUNCATE)", ()) == 0
    if is_worth_it and is_empty:
        connection.execute("UPDATE log SET scrub = 0")
    return is_empty
