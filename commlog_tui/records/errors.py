"""Why the log can refuse an item."""


class LogError(Exception):
    """Any failure of the log; nothing was changed."""


class UnknownEntryError(LogError):
    """The location has no entry with this id."""


class KeyReusedError(LogError):
    """The key already stands for a record with other content."""


class NotManualError(LogError):
    """Only manual entries can be corrected."""


class NotAutomatedError(LogError):
    """Only automated entries have delivery events."""


class TaskDoneError(LogError):
    """A task that was done can be neither postponed nor given to somebody."""


class NotSendableError(LogError):
    """The message cannot be sent again, or not in this way."""


class AlreadySentError(LogError):
    """The message was sent again to this address before."""


class RedactedError(LogError):
    """Redacted content can be neither corrected nor redacted again."""


class MatchedError(LogError):
    """An event that an entry repeats is redacted with the entry."""
