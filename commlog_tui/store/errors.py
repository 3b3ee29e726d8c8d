"""What can stop a store from doing what it was asked."""

from commlog_tui.records.errors import LogError as StoreError


class UnknownLocationError(StoreError):
    """No location has this id."""


class UnknownCustomerError(StoreError):
    """The location's directory has no customer with this id."""


class LocationExistsError(StoreError):
    """A location with this id is there already."""


class UnknownRecordError(StoreError):
    """The location's log has no record of this number, or has not had that many."""


class CursorError(StoreError):
    """The cursor is malformed, or belongs to another location or other filters."""


class ClockError(StoreError):
    """The time cannot be believed: nothing is redacted for its age until it can."""


class StoreFullError(StoreError):
    """There is no room left to write."""


class StoreUnavailableError(StoreError):
    """The database cannot be read or written now."""


class SlowQueryError(StoreUnavailableError):
    """A query took too long and was stopped."""


class DamagedLogError(StoreUnavailableError):
    """The database is damaged, is no log, or was changed by something else."""


class NewerLayoutError(StoreUnavailableError):
    """A newer version has written the log."""


class OlderLayoutError(StoreUnavailableError):
    """The log has an earlier record layout, and is migrated when it is next opened to be used."""


class OtherLogError(StoreUnavailableError):
    """The signing key beside the log belongs to another log.

    The log's id or the key was replaced.
    """
