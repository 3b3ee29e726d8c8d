"""The desk as a witness: holds the log to the last checkpoint that this desk has seen of it."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

from textual.app import App

from commlog_tui.desk.session import Session

_WITNESS_SECONDS: Final = 600.0


async def watch_checkpoints(
    app: App[None], session: Session, folder: Path, alarm: Callable[[str], None], note: Callable[[str], None]
) -> None:
    """Verify the log periodically.

    ``alarm`` is called on a contradiction, ``note`` where a check was impossible.
    """
    from commlog_tui.client.errors import ClientError
    from commlog_tui.evidence.witness import CheckpointFileError, Witness
    from commlog_tui.ledger.witness import WitnessError

    witness = Witness(folder, session.location)
    while True:
        try:
            await witness.check(session.client, session.location)
        except WitnessError as error:
            words = f"{error} Tell whoever runs the log. What this desk saw before is in {witness.path}."
            app.notify(words, title="The log is not what it was", severity="error", timeout=86_400, markup=False)
            alarm(str(error))
            return
        except (CheckpointFileError, OSError) as error:
            note(f"This desk cannot be a witness: {error}")
            return
        except ClientError:
            pass  # the page's request says how things stand
        await asyncio.sleep(_WITNESS_SECONDS)
