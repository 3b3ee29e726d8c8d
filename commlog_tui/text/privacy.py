"""Entries in privacy mode: without address, number, name and text."""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from commlog_tui.contract.entry import Correction, Entry, EntryDetail

MASK: Final = "•••"
_TAIL: Final = 2


def mask(text: str) -> str:
    """Return dots for a text; of a number its last two digits, by which a clerk tells two apart."""
    if not text:
        return ""
    digits = [character for character in text if character.isdigit()]
    is_number = "@" not in text and len(digits) > _TAIL and not any(character.isalpha() for character in text)
    return MASK + ("".join(digits[-_TAIL:]) if is_number else "")


def masked(entry: "Entry") -> "Entry":
    """Return an entry as it may be seen by anybody."""
    customer = entry.customer and entry.customer.model_copy(
        update={
            "name": MASK,
            "addresses": tuple(map(mask, entry.customer.addresses)),
            "numbers": tuple(map(mask, entry.customer.numbers)),
        }
    )
    body = MASK if entry.body else entry.body
    title = MASK if entry.source.value == "manual" else entry.title  # people write names there; templates do not
    # Invoices are named after people.
    files = tuple(file.model_copy(update={"name": MASK}) for file in entry.attachments)
    shown = {"to": mask(entry.to), "customer": customer, "body": body, "title": title, "attachments": files}
    return entry.model_copy(update={**shown, "message": None, "matched": ()})


def masked_detail(detail: "EntryDetail") -> "EntryDetail":
    """Return everything of an entry as it may be seen by anybody."""
    events = tuple(
        event.model_copy(update={"to": mask(event.to or "") or None, "detail": None}) for event in detail.events
    )
    return detail.model_copy(
        update={
            "entry": masked(detail.entry),
            "original": detail.original and masked(detail.original),
            "events": events,
            "corrections": tuple(map(_masked_correction, detail.corrections)),
            "resolutions": tuple(
                one.model_copy(update={"note": MASK if one.note else None}) for one in detail.resolutions
            ),
            "resends": tuple(
                one.model_copy(update={"to": mask(one.to), "why": MASK if one.why else ""}) for one in detail.resends
            ),
        }
    )


def _masked_correction(correction: "Correction") -> "Correction":
    changed = correction.changes
    hidden = {name: MASK for name in ("title", "body", "to") if getattr(changed, name)}
    customer = changed.customer and changed.customer.model_copy(update={"name": MASK})
    changes = changed.model_copy(update=hidden | ({"customer": customer} if customer else {}))
    return correction.model_copy(update={"changes": changes, "reason": MASK if correction.reason else None})
