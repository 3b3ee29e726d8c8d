"""What stands in the place of rows when there are none: what happened, and what to do."""

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from typing_extensions import override


class Notice(Widget):
    """A heading and a sentence, in the middle."""

    heading = reactive("Connecting to the log…")
    words = reactive("")

    def tell(self, heading: str, words: str) -> None:
        """Show another heading and sentence."""
        self.heading, self.words = heading, words

    @override
    def render(self) -> Content:
        """Return the text."""
        return Content.assemble((self.heading, "bold"), "\n\n", self.words)
