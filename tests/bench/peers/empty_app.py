"""The least a Textual application can be: one word."""

from textual.app import App, ComposeResult
from textual.widgets import Static
from typing_extensions import override


class EmptyApp(App[None]):
    @override
    def compose(self) -> ComposeResult:
        yield Static("ready", id="word")


EmptyApp().run()
