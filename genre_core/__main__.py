"""Command line: `python -m genre_core COMMAND`."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

from genre_core import __version__
from genre_core.commands import COMMANDS, CommandSpec
from genre_core.errors import GenreError, did_you_mean
from genre_core.jobs.spawning import LARGE_PAGES
from genre_core.paths import find_root


class LazyGroup(click.Group):
    """A group that imports a command's module when that command is called, so that `classify` never waits for training."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name, spec in COMMANDS.items() if not spec.hidden]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        spec = COMMANDS.get(cmd_name)
        if spec is None:
            return None
        command = _load(cmd_name, spec)
        if not any("--root" in option.opts for option in command.params):
            command.params.append(_root_option())
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            shown = [name for name, spec in COMMANDS.items() if not spec.hidden]
            ctx.fail(f"There is no command {args[0]!r}. Choose one of: {', '.join(shown)}.{did_you_mean(args[0], shown)}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except GenreError as error:
            raise click.ClickException(str(error)) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, spec.help) for name, spec in COMMANDS.items() if not spec.hidden])


def _load(name: str, spec: CommandSpec) -> click.Command:
    try:
        command: click.Command = import_module(spec.module).command
    except ImportError as error:
        raise click.ClickException(
            f"The command {name!r} cannot start, since {error.name or spec.module} cannot be imported ({error}). "
            "Install what requirements.txt lists, then try again."
        ) from error
    return command


def _set_root(ctx: click.Context, _option: click.Parameter, value: str | None) -> None:
    if value is not None or ctx.obj is None:
        ctx.obj = find_root(value)


def _root_option() -> click.Option:
    return click.Option(
        ["--root"],
        type=click.Path(file_okay=False),
        expose_value=False,
        is_eager=True,
        callback=_set_root,
        help="Folder for data sets, features and runs; else the variable GENRE_HOME, else artifacts/ beside the product.",
    )


main = LazyGroup(
    name="genre_core",
    help="Explore audio, train and judge music-genre classifiers, classify songs.",
    params=[_root_option()],
    context_settings={"help_option_names": ["-h", "--help"]},
)
main = click.version_option(__version__, prog_name="genrescope")(main)


_TRAINS = frozenset({"train", "shipped", "benchmark"})


def _with_large_pages() -> None:
    """Begin this very process anew with the allocator that training wants, which reads its settings at the start only."""
    if sys.platform == "linux" and "GLIBC_TUNABLES" not in os.environ and _TRAINS & set(sys.argv[1:]):
        call = [sys.executable, "-m", "genre_core", *sys.argv[1:]]
        os.execve(sys.executable, call, {**os.environ, "GLIBC_TUNABLES": LARGE_PAGES})


if __name__ == "__main__":
    _with_large_pages()
    main(prog_name="python -m genre_core")
