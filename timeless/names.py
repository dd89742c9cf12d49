"""Errors about names that are not known, with the known name the writer may have meant."""

import difflib
from collections.abc import Iterable

from timeless.errors import TimelessError


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
