"""Mounted: a site takes its place in a folder that no other can take the name of.

What is mounted, such as a volume of a container, stays where it is. The new site is written into a
room within it. Once all of it is on the disk, a plan says so, and its files and folders take the
places of the former ones, each at once, one after the other. Who reads in that moment may find
some of each; whatever stops it then, the next start goes on from the plan.
"""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from timeless.results.artifacts import write_atomically

PLAN = "plan"


def plan(room: Path, fresh: str, made: Iterable[str], first: str) -> None:
    """Write down that the site in a room is whole, and what goes of the former, which ``made`` is.

    Of the new one ``first`` goes first.
    """
    found = (path.name for path in (room / fresh).iterdir())
    new = sorted(found, key=lambda name: (name != first, name))
    old = sorted({name.partition("/")[0] for name in made} - set(new))
    write_atomically(room / PLAN, "\n".join([fresh, *new, "", *old]).encode())


def carry_out(room: Path, out: Path, former: str) -> None:
    """Do what is left of the plan in a room, if there is one."""
    if not (room / PLAN).is_file():
        return
    lines = (room / PLAN).read_text(encoding="utf-8").split("\n")
    end = lines.index("")
    fresh, *new = lines[:end]
    for name in new:
        if os.path.lexists(room / fresh / name):
            if (out / name).is_dir() or (room / fresh / name).is_dir():
                _put_aside(out / name, room / former)
            (room / fresh / name).replace(out / name)
    for name in lines[end + 1 :]:
        _put_aside(out / name, room / former)


def _put_aside(path: Path, former: Path) -> None:
    if os.path.lexists(path):
        shutil.rmtree(former, ignore_errors=True)
        former.mkdir()
        path.rename(former / path.name)
