"""The reference page of the settings, from their rules."""

from commlog_tui.configuration.rules import PROFILE_SETTINGS, RULES


def settings_table() -> str:
    """Return the table of docs/reference/settings.md."""
    rows = ["| setting | environment | default | meaning |", "|---|---|---|---|"]
    rows += [f"| `{rule.name}` | `{rule.variable}` | {rule.shown} | {rule.words} |" for rule in RULES.values()]
    rows.append(
        "| `[keys]` | | those of [Keys](keys.md) | Keys of the desk, one action a line, such as `search = "
        '"slash,ctrl+f"`. |'
    )
    rows.append(
        "| `[mail]` | | none | Patterns by which `commlog ingest` and `commlog journal` find `title`, `text`, "
        "`reference` and `code` in a message, such as `code = 'BK-[0-9]+'`. |"
    )
    rows.append(
        "| `[mail.kinds]` | | none | Kinds of message by a pattern of the subject, such as "
        "`confirmation = '(?i)confirm'`. |"
    )
    names = ", ".join(f"`{name}`" for name in PROFILE_SETTINGS)
    rows.append(f"| `[profiles.NAME]` | | none | Another log to open, by `--profile NAME`: {names} as above. |")
    return "\n".join(rows)
