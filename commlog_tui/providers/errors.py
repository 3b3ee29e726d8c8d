"""The two errors of a webhook. Their messages never repeat what was received."""


class HookError(Exception):
    """A webhook request cannot be used."""


class SignatureError(HookError):
    """The request does not prove that it comes from the provider, or it is too old."""


class MalformedHookError(HookError):
    """The request is not what the provider documents, or exceeds a limit."""
