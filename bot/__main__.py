"""The command line: `myna`, or `python -m bot`."""

import argparse
import os
import re
import sys
from collections.abc import Callable, Sequence

# Everything heavy is imported by the command that needs it: --help answers at once.
from bot.options import Options
from learning.errors import MynaError

ROLES = ("member", "teacher", "moderator", "admin")
MAX_NAME_CHARACTERS = 100
FAILED, INTERRUPTED = 1, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out one command and return its exit code; the last error boundary."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    if arguments[:1] == ["bench"]:  # its flags are its own
        return _guarded(lambda: _bench(arguments[1:]))
    parsed = _parser().parse_args(arguments)
    options = Options(
        json=parsed.json,
        memory=parsed.memory == "on",
        adapter=parsed.adapter,
        server=parsed.server,
        user=parsed.user,
        role=parsed.role,
        data_dir=parsed.data_dir,
    )
    return _guarded(lambda: _carry_out(parsed, options))


def _carry_out(parsed: argparse.Namespace, options: Options) -> int:
    from bot import command_line  # noqa: PLC0415

    match parsed.command:
        case "chat":
            return command_line.chat(options)
        case "run":
            return command_line.run(options, is_local=parsed.local)
        case "check":
            return command_line.check(options)
        case "learn":
            line = "/learn fresh" if parsed.fresh else "/learn"
        case "rollback":
            line = f"/rollback {parsed.version or ''}"
        case "forget":
            line = f"/forget {' '.join(map(str, parsed.lessons))}"
        case "export":
            line = f"/export {'--audit' if parsed.audit else parsed.file or ''}"
        case _:
            line = f"/import {parsed.file}"
    return command_line.one(options, line)


def _bench(arguments: Sequence[str]) -> int:
    from bot.bench import main as bench  # noqa: PLC0415

    return bench(arguments)


def _guarded(command: Callable[[], int]) -> int:
    try:
        return command()
    except MynaError as exc:
        sys.stderr.writelines(f"myna: {line}\n" for line in str(exc).split("\n"))
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output left; Python would complain of it once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as exc:  # noqa: BLE001 - the last error boundary
        from bot.breakage import report  # noqa: PLC0415

        sys.stderr.write(f"myna: {report('command.broke', exc)}\n")
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="myna",
        description="A bot that a community teaches, reviews and retrains.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    shared = _shared_flags()

    def add(name: str, what: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=what, description=what, parents=[shared])

    add("chat", "Talk to Myna here; a script may be piped in.")
    run = add("run", "Serve Discord and Slack, and learn every night.")
    run.add_argument(
        "--local",
        action="store_true",
        help="no platform: learn every night, and answer the command line",
    )
    learn = add("learn", "Train on what was approved, and promote it if it passes.")
    learn.add_argument("--fresh", action="store_true", help="start over from scratch")
    rollback = add("rollback", "Go back to an older adapter.")
    rollback.add_argument("version", nargs="?", type=_number, help="default: previous")
    forget = add("forget", "Delete lessons, from memory and from weights.")
    forget.add_argument("lessons", nargs="+", type=_number, metavar="LESSON")
    import_ = add("import", "Read lessons from JSON lines or CSV, all into review.")
    import_.add_argument("file")
    export = add("export", "Write all lessons as JSON lines.")
    what = export.add_mutually_exclusive_group()
    what.add_argument("file", nargs="?", help="default: the output")
    what.add_argument(
        "--audit",
        action="store_true",
        help="print the journal instead: who did what, when and why",
    )
    add("check", "Say what is wrong with the set-up, if anything is.")
    commands.add_parser(
        "bench", add_help=False, help="Measure recall, forgetting and speed."
    )
    return parser


def _shared_flags() -> argparse.ArgumentParser:
    flags = argparse.ArgumentParser(add_help=False)
    flags.add_argument("--json", action="store_true", help="print one object a line")
    flags.add_argument(
        "--memory", choices=["on", "off"], default="on", help="show the model notes"
    )
    flags.add_argument(
        "--adapter",
        type=_adapter,
        default="current",
        metavar="current|off|VERSION",
        help="which weights answer",
    )
    flags.add_argument("--server", type=_name, default="home", help="default: home")
    flags.add_argument("--user", type=_name, help="default: who is logged in")
    flags.add_argument("--role", choices=ROLES, default="moderator")
    flags.add_argument("--data-dir", default="", help="where everything is kept")
    return flags


def _number(word: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,8}", word):
        raise argparse.ArgumentTypeError(f"{word!r} is no number; write 1, 2, ...")
    return int(word)


def _adapter(word: str) -> str:
    if word not in {"current", "off"}:
        _number(word)
    return word


def _name(word: str) -> str:
    if not word.strip() or len(word) > MAX_NAME_CHARACTERS or not word.isprintable():
        raise argparse.ArgumentTypeError(
            f"a name has 1 to {MAX_NAME_CHARACTERS} printable characters"
        )
    return word.strip()


if __name__ == "__main__":
    sys.exit(main())
