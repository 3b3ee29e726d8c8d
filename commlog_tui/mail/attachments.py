"""List the files of a message: name, size and hash. Their content is not recorded."""

from email.message import Message
from hashlib import sha256
from typing import Final

from commlog_tui.imports.items import storable
from commlog_tui.imports.mail_text import TROUBLE, decoded

_MOST: Final = 50
_LONGEST_NAME: Final = 255


def attachments_of(message: Message) -> list[dict[str, str | int]]:
    """Return the attachments of a message, at most 50."""
    found: list[dict[str, str | int]] = []
    for part in message.walk():
        if part.is_multipart() or not _is_attachment(part):
            continue
        payload = part.get_payload(decode=True)
        content = payload if isinstance(payload, bytes) else b""
        found.append({"name": _name(part), "size": len(content), "sha256": sha256(content).hexdigest()})
        if len(found) == _MOST:
            break
    return found


def _is_attachment(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(_file_name(part))


def _name(part: Message) -> str:
    name = " ".join(storable(_file_name(part)).split())
    return name[:_LONGEST_NAME] or part.get_content_type()[:_LONGEST_NAME]


def _file_name(part: Message) -> str:
    try:
        return decoded(part.get_filename() or "")
    except TROUBLE:
        return ""
