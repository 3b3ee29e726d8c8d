"""Command classes that reject an option given twice, unless it can be repeated."""

from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption
from typing_extensions import override


def _refuse_repeated(command: TyperCommand | TyperGroup, ctx: typer.Context, args: list[str]) -> None:
    """Raise for an option that is given twice and takes one value; the first would be dropped."""
    if ctx.resilient_parsing:  # of a line that is still being typed, for completion
        return
    _, _, order = command.make_parser(ctx).parse_args(args=list(args))
    seen: set[str | None] = set()
    for param in order:
        if not isinstance(param, TyperOption) or param.multiple or param.count:
            continue
        if param.name in seen:
            raise typer.BadParameter(
                "It is given more than once; give it once. Nothing was done.", ctx=ctx, param=param
            )
        seen.add(param.name)


class OnceCommand(TyperCommand):
    """A command that refuses an option given twice."""

    @override
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments."""
        _refuse_repeated(self, ctx, args)
        return super().parse_args(ctx, args)


class OnceGroup(TyperGroup):
    """A group of commands that refuses an option of its own given twice."""

    @override
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments."""
        _refuse_repeated(self, ctx, args)
        return super().parse_args(ctx, args)


class Commands(typer.Typer):
    """A group of commands, all of which refuse an option given twice."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - as Typer has it
        super().__init__(cls=OnceGroup, **settings)

    @override
    def command(self, name: str | None = None, **settings: Any) -> Callable[[Any], Any]:
        """Register a command."""
        return super().command(name, **{"cls": OnceCommand, **settings})
