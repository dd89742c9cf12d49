"""The one exception a user is meant to read. Everything else in the package may raise it."""

import difflib
import errno
from collections.abc import Iterable, Sequence


class TimelessError(Exception):
    """Says what is wrong, where, and what to do about it.

    ``problem`` names the offending values, ``where`` the file, line or field they were
    found in, ``remedy`` the next step. The command line prints it without a traceback and
    ends with ``status``.
    """

    status = 1

    def __init__(self, problem: str, *, where: str = "", remedy: str = "") -> None:
        self.problem, self.where, self.remedy = problem, where, remedy
        message = f"{where}: {problem}" if where else problem
        joint = "\n" if "\n" in problem else ": "
        super().__init__(f"{message}{joint}{remedy}" if remedy else message)


class UsageError(TimelessError):
    """The command was called with values it cannot accept."""

    status = 2


class StoppedError(TimelessError):
    """Somebody stopped the work, by Ctrl-C or its like; ``remedy`` says how it goes on."""

    status = 130


_REFUSALS = {
    errno.ENOSPC: ("the disk is full", "free some space and try again"),
    errno.EDQUOT: ("your quota of disk space is used up", "free some space and try again"),
    errno.EACCES: ("permission is refused", "change its permissions, or use another place"),
    errno.EROFS: ("nothing can be written there", "use another place"),
    errno.EISDIR: ("a folder stands where a file should be", "move it away"),
    errno.ENOTDIR: ("a file stands where a folder should be", "move it away"),
    errno.EEXIST: ("something else stands there", "move it away"),
    errno.ENAMETOOLONG: ("the name is longer than the file system allows", "give a shorter one"),
}


def refused_by_system(error: OSError) -> TimelessError:
    """Return what the operating system has refused, in words."""
    refusal, remedy = _REFUSALS.get(error.errno or 0, (error.strerror or str(error), ""))
    return TimelessError(refusal, where=str(error.filename or ""), remedy=remedy)


def refuse_if_any(problems: Sequence[str], *, what: str, where: str = "", remedy: str = "") -> None:
    """Raise one TimelessError that lists every problem, or return if there is none."""
    if not problems:
        return
    heading = f"{what}: {len(problems)} problem{'s' if len(problems) > 1 else ''}"
    lines = "".join(f"\n  - {problem}" for problem in problems)
    raise TimelessError(heading + lines, where=where, remedy=remedy)


def unknown_name(
    kind: str, name: str, known: Iterable[str], *, where: str = "", remedy: str = ""
) -> TimelessError:
    """Return the error for a ``name`` that is none of the ``known`` ones.

    It proposes the closest known name; if none is close, it lists them all, or gives the
    ``remedy`` if there are none.
    """
    choices = sorted(known)
    close = difflib.get_close_matches(name, choices, n=1, cutoff=0.5)
    if close:
        hint = f'did you mean "{close[0]}"?'
    elif choices:
        hint = f"known: {', '.join(choices)}"
    else:
        hint = remedy or "there are none yet"
    return TimelessError(f'no {kind} "{name}"', where=where, remedy=hint)
