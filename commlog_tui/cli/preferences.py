"""From the settings to what the desk likes to know, checked against what the desk has."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from textual.keys import KEY_NAME_REPLACEMENTS, key_to_character

from commlog_tui.configuration.file import SettingsFile, read_file, write
from commlog_tui.configuration.rules import RULES, SettingsError, nearest
from commlog_tui.configuration.sources import DEFAULT, Configuration
from commlog_tui.contract.person import person_name
from commlog_tui.desk.actions import bindings
from commlog_tui.desk.preferences import Preferences, SettingField

_MODIFIERS: Final = {"ctrl", "alt", "shift", "super", "hyper", "meta"}
_LONG_NAMES: Final = {short: long for long, short in KEY_NAME_REPLACEMENTS.items()}
_NAMES: Final = {
    "escape", "left", "right", "up", "down", "home", "end", "insert", "delete", "pageup", "pagedown", "tab", "space",
    "enter",
    "backspace", *(f"f{number}" for number in range(1, 13)),
}  # fmt: skip
AT_THE_DESK: Final = (
    "theme", "density", "page_size", "columns", "times", "hide_after", "first_view", "due_signal", "people",
    "ask_person_after", "booking_url", "proof_folder", "export_folder",
)  # fmt: skip
"""The settings that can be changed at the desk, in the order in which it shows them."""
ELSEWHERE: Final[Mapping[str, tuple[str, ...]]] = {
    "Read at start": (
        "mode", "service", "location", "data", "token", "profile", "profiles",
    ),
    "For the service": (
        "smtp_url", "smtp_from", "resend_webhook", "resend_secret", "own_addresses", "mail",
    ),
    "The path of a file": ("expectations",),
}  # fmt: skip
"""Why the other settings and tables of the file have no row at the desk."""
_IMMEDIATE: Final = frozenset(AT_THE_DESK) - {"due_signal", "first_view"}
_TAKEN: Final = {
    **dict.fromkeys(("up", "down", "j", "k", "pageup", "pagedown", "home", "end", "enter"), "moves in the table"),
    **dict.fromkeys(("tab", "shift+tab"), "moves between the parts"),
    "ctrl+q": "quits",
    "ctrl+p": "opens the command palette",
}


def preferences_of(configuration: Configuration) -> Preferences:
    """Return what the desk likes to know, without the folder of a log: that is known with its target.

    Raises:
        SettingsError: a theme, an action or a key is not known, or a key would do two things.
    """
    return Preferences(
        page_size=int(configuration.text("page_size")),
        theme=_theme(configuration),
        booking_url=configuration.text("booking_url"),
        hide_after=int(configuration.text("hide_after")),
        due_signal=configuration.text("due_signal"),
        people=_people(configuration.text("people")),
        ask_person_after=int(configuration.text("ask_person_after")),
        columns=configuration.text("columns"),
        first_view=configuration.text("first_view"),
        keys=keymap(configuration.file),
        machine_folder=configuration.data / "desk",
        proof_folder=Path(configuration.text("proof_folder")),
        export_folder=Path(configuration.text("export_folder")),
        density=configuration.text("density"),
        times=configuration.text("times"),
        keep=_keep,
        keep_keys=_keep_keys,
        fields=tuple(_field(configuration, name) for name in AT_THE_DESK),
        elsewhere="\n".join(f"{why}: {', '.join(names)}." for why, names in ELSEWHERE.items()),
    )


def _field(configuration: Configuration, name: str) -> SettingField:
    rule, setting = RULES[name], configuration.settings[name]
    choices = rule.choices
    if name == "theme":
        from commlog_tui.desk.themes import THEMES

        choices = ("", *THEMES)
    is_own = setting.origin == DEFAULT or setting.origin.startswith(str(configuration.file.path))
    return SettingField(
        name, rule.words, str(setting.value), rule.check, choices, "" if is_own else setting.origin, name in _IMMEDIATE
    )


def _people(names: str) -> tuple[str, ...]:
    return tuple(filter(None, (person_name(name) for name in names.split(","))))


def _keep(name: str, value: str | int) -> object:
    """Check a setting by its rule, write it, and return it as the desk's preferences have it."""
    try:
        checked = RULES[name].check(value)
    except ValueError as error:
        raise SettingsError(f"{name} {error}. Nothing was changed.") from None
    write({name: checked if isinstance(checked, int) else str(value)})
    return _people(str(checked)) if name == "people" else checked


def _keep_keys(action: str, keys: str) -> Mapping[str, str]:
    """Check the keys of an action, write them, and return all that differ from the usual ones."""
    file = read_file()
    changed = keymap(file.with_keys({**file.keys, action: keys}))
    write({action: keys}, "keys")
    return changed


def _theme(configuration: Configuration) -> str:
    name = configuration.text("theme")
    if name:
        from textual.theme import BUILTIN_THEMES

        from commlog_tui.desk.themes import THEMES

        if name not in {*THEMES, *BUILTIN_THEMES}:
            raise SettingsError(
                f"{configuration.settings['theme'].origin}: there is no such theme{nearest(name, THEMES)}"
            )
    return name


def keymap(file: SettingsFile) -> Mapping[str, str]:
    """Return the keys of the file as Textual's keymaps have them.

    Raises:
        SettingsError: an action or a key is not known, or a key would do two things.
    """
    known = {binding.id: binding.key for binding in bindings() if binding.id}
    changed: dict[str, str] = {}
    for action, keys in file.keys.items():
        place = file.position("keys", action)
        if action not in known:
            raise SettingsError(f"{place}: there is no action {ascii(action)[1:-1]}{nearest(action, known)}")
        given = keys if isinstance(keys, str) else ",".join(map(str, keys)) if isinstance(keys, list) else ""
        changed[action] = ",".join(_key(key.strip(), place) for key in given.split(","))
    _check_conflicts(known | changed, changed, file)
    return changed


def _key(key: str, place: str) -> str:
    """Return a key as it was given, if there is one of this name."""
    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    if not last or not set(modifiers) <= _MODIFIERS or not (len(last) == 1 or last in _NAMES or _character(last)):
        raise SettingsError(f"{place}: there is no key {ascii(key)[1:-1] or 'without a name'}{nearest(key, _NAMES)}")
    return key


def _character(key: str) -> str | None:
    """Return the character that a key writes, whichever of its names it is given by."""
    return key_to_character(_LONG_NAMES.get(key, key))


def _check_conflicts(keys: Mapping[str, str], changed: Mapping[str, str], file: SettingsFile) -> None:
    owners: dict[str, str] = {}
    for action in (*(one for one in keys if one not in changed), *changed):
        for given in keys[action].split(","):
            key = _character(given) or given
            if action in changed and (words := _TAKEN.get(key)):
                raise SettingsError(
                    f"{file.position('keys', action)}: the key {key} {words} already; give {action} another."
                )
            if key in owners and owners[key] != action:
                words = f"the key {key} is {owners[key]}'s already; give one of the two another"
                raise SettingsError(f"{file.position('keys', action)}: {words}.")
            owners[key] = action
