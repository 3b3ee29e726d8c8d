"""What the verifier reads in the public part of a record, and compares with what it is filed under."""

from typing import Final

import msgspec


class PublicFields(msgspec.Struct, gc=False):
    """What a public part says of itself."""

    id: str
    kind: str
    location: str
    seq: int
    personal: str
    entry: str | None = None
    about: str | None = None

    @property
    def root(self) -> str | None:
        """Id of the record that it is about; None for a root."""
        return self.entry or self.about


decode_fields: Final = msgspec.json.Decoder(PublicFields).decode


def is_filed(
    record: PublicFields, record_id: bytes | None, kind: str | None, entry: bytes | None, is_placed: int
) -> bool:
    """Return whether a record's columns match its content; True where columns are unknown."""
    if record_id is None:
        return True
    here = bytes_of(record.id)
    return (
        here == record_id
        and kind == record.kind
        and is_placed == 1
        and entry == (here if (root := record.root) is None else bytes_of(root))
    )


def bytes_of(uuid: str) -> bytes:
    """Return the bytes of an id; none where it is no UUID."""
    try:
        return bytes.fromhex(uuid.replace("-", ""))
    except ValueError:
        return b""
