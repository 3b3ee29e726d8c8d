"""The rules file of expectations, read from disk."""

from pathlib import Path

from commlog_tui.expectations.rules_file import Rules, RulesError, parse_rules


def read_rules(path: Path, name: str = "") -> Rules:
    """Return the rules in a file, by location; none if there is no such file.

    ``name`` is what messages call it, by default its path.

    Raises:
        RulesError: it cannot be read, or a rule is wrong; the message says in which line.
    """
    name = name or str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise RulesError(f"{name} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise RulesError(f"{name}, line {line}: this is not UTF-8, so not valid TOML.") from None
    return parse_rules(text, name)


class RulesFile:
    """The rules of a service, which reads its file again when that has changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._rules: Rules = {}

    def current(self) -> Rules:
        """Return the rules as the file has them now. Raises ``RulesError``, without the file's folder."""
        stamp = self._stamp_now()
        if stamp is None:
            self._rules = {}
        elif stamp != self._stamp:
            self._rules = read_rules(self._path, self._path.name)
        self._stamp = stamp
        return self._rules

    def _stamp_now(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size
