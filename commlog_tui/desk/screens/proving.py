"""A view from which proof sheets are made."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final

from textual import work

from commlog_tui.desk.reasons import NO_ENTRY
from commlog_tui.desk.screens.private import PrivateScreen

if TYPE_CHECKING:
    from commlog_tui.desk.proofs import ProofSubject

NO_FOLDER: Final = "Where proof sheets go is not set. Set proof_folder."


class ProvingScreen(PrivateScreen):
    """Asks what a proof sheet is to be about; the application makes it, whatever is looked at meanwhile."""

    def action_proof(self) -> None:
        """Make a proof sheet of the entry one is on, of its booking or its customer."""
        from commlog_tui.desk.proofs import subjects
        from commlog_tui.desk.screens.proof_chooser import ProofChooser

        session, entry, folder = self._session, self.entry, self._folder
        if session is None or entry is None or folder is None:
            return

        def chosen(subject: "ProofSubject | None") -> None:
            if subject is not None:
                self.app.prove(session, subject, folder)  # type: ignore[attr-defined] # the desk's application can

        self.app.push_screen(ProofChooser(subjects(entry, is_private=self.is_private), folder), chosen)

    def why_not_proof(self) -> str | None:
        """Return why there is nothing to prove."""
        from commlog_tui.evidence.extras import HOW_TO_INSTALL, has_proof_extra

        if self.entry is None:
            return NO_ENTRY
        if not has_proof_extra():
            return HOW_TO_INSTALL
        return None if self._folder else NO_FOLDER

    @work(exclusive=True, group="ask", exit_on_error=False)
    async def action_proofs(self) -> None:
        """Show the proof sheets that were made on this machine."""
        from commlog_tui.desk.proofs import made_in
        from commlog_tui.desk.screens.made_proofs import MadeProofs

        session, folder = self._session, self._folder
        if session is None or folder is None:
            return
        made = await asyncio.to_thread(made_in, folder)
        if made:
            self.app.push_screen(MadeProofs(made, session.zone))
        else:
            self.notify("No proof sheet is in the folder yet; z makes one.", markup=False)

    def why_not_proofs(self) -> str | None:
        """Return why there is nowhere to look for them."""
        return None if self._folder else NO_FOLDER

    @property
    def _folder(self) -> Path | None:
        folder: Path | None = self.app.preferences.proof_folder  # type: ignore[attr-defined] # the desk's application has them
        return folder
