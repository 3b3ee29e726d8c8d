"""Whether the desk and the service speak the same version."""

from commlog_tui import __version__


def mismatch(theirs: str, ours: str = __version__) -> str:
    """Return a notice if the service has another major or minor version (semver.org), else ""."""
    if theirs.split(".")[:2] == ours.split(".")[:2]:
        return ""
    older = "desk" if _numbers(ours) < _numbers(theirs) else "service"
    return f"The service is version {theirs}, this desk {ours}: update the {older}; what both know works."


def _numbers(version: str) -> list[int]:
    return [int(part) if part.isdecimal() else 0 for part in version.split(".")[:2]]
