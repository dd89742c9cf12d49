"""Publishing: a build becomes the folder that a reader opens, as a whole or not at all.

The files are written into a folder beside it, which then takes its name in one step, where the
system can exchange two names. Where it cannot, and the process dies between two renames, the next
start puts the former site back. In what is mounted, `mounted` says how a site takes its place.
"""

import errno
import hashlib
import shutil
import sys
from contextlib import suppress
from glob import escape
from pathlib import Path

from timeless.errors import UsageError
from timeless.site import mounted
from timeless.site.files import Files
from timeless.system import exchange, flush, is_mount_point, locked

# GitHub Pages serves a folder with this file as it is. Its first line tells a build from any
# other folder, which a build must never replace; below it stands each file that the build made.
MARKER = ".nojekyll"
MARK = b"Built by Timeless. Do not edit: the next build replaces this folder.\n"

_FRESH, _FORMER = "fresh", "former"
_ROOM, _LOCK = ".building", ".lock"  # beside the folder, or within what is mounted


def publish(files: Files, out: Path) -> list[str]:
    """Put the files of a build in the place of ``out``; return the files there that are kept.

    Kept is what no build has made: a host's own files, such as ``CNAME``. Whatever fails, the
    folder that was there is still whole, and so it is after a kill and the next start. Two builds
    into one folder publish one after the other.

    Raises UsageError if ``out`` is a folder that holds something other than a build of this
    project, or a place that cannot be exchanged.
    """
    out = prepare(out)
    room = _room(out)
    with locked(_lock(out), _say_who_is_busy):
        _clear(out)
        kept = _foreign_files(out, files)
        try:
            _write(files, room / _FRESH)
            for name in kept:
                _copy(out / name, room / _FRESH / name)
            flush(room)
            if is_mount_point(out):
                mounted.plan(room, _FRESH, files_made(out) if _is_built(out) else (), MARKER)
                mounted.carry_out(room, out, _FORMER)
            else:
                _exchange(room, out)
        finally:
            _clear(out)
    return kept


def prepare(out: Path) -> Path:
    """Return the folder to publish into, where links lead, after undoing what a kill left there.

    Raises UsageError if a build would replace something that no build has made, or if the folder
    cannot be replaced at all.
    """
    try:
        out = out.resolve()
        with suppress(FileNotFoundError, NotADirectoryError):
            _room(out).lstat()
        _refuse_foreign_folder(out)
    except OSError as error:
        raise _refused(out, error) from None
    out.parent.mkdir(parents=True, exist_ok=True)
    if _leftovers(out):
        with locked(_lock(out), _say_who_is_busy):
            _clear(out)
    return out


def _room(out: Path) -> Path:
    return out / _ROOM if is_mount_point(out) else out.with_name(f"{out.name}{_ROOM}")


def _lock(out: Path) -> Path:
    return out / _LOCK if is_mount_point(out) else out.with_name(f"{out.name}{_LOCK}")


def _say_who_is_busy(who: str) -> None:
    print(f"waiting for another build into this folder ({who})", file=sys.stderr)  # noqa: T201


def _refuse_foreign_folder(out: Path) -> None:
    if not out.exists() or _is_built(out):
        return
    if not out.is_dir() or {path.name for path in out.iterdir()} - {_ROOM, _LOCK}:
        raise UsageError(
            "will not be replaced: it is not a site that this command has built",
            where=str(out),
            remedy="name another folder with --out, or remove it yourself",
        )


def _is_built(folder: Path) -> bool:
    marker = folder / MARKER
    return marker.is_file() and marker.read_bytes().startswith(MARK)


def _refused(out: Path, error: OSError) -> Exception:
    if error.errno == errno.ENAMETOOLONG:
        return UsageError(
            "the name is longer than this file system allows",
            where=f"{str(out)[:60]}…",
            remedy="give a shorter --out",
        )
    if error.errno in {errno.EBUSY, errno.EXDEV}:
        return UsageError(
            "no other folder can take the name of this one, which the system holds",
            where=str(out),
            remedy=f"build into a folder inside it: --out {out / 'site'}",
        )
    return error


# --- what a build that was stopped has left ----------------------------------------------


def _leftovers(out: Path) -> list[Path]:
    """Return the folders in which earlier builds of ``out`` were being made."""
    if is_mount_point(out):
        return [out / _ROOM] if (out / _ROOM).is_dir() else []
    return [
        room
        for room in sorted(out.parent.glob(f"{escape(out.name)}.*"))
        if room.is_dir() and not room.is_symlink() and _is_room(room, out)
    ]


def _is_room(folder: Path, out: Path) -> bool:
    inside = {path.name for path in folder.iterdir()}
    return inside <= {_FRESH, _FORMER} and (bool(inside) or folder == _room(out))


def _clear(out: Path) -> None:
    """Put one whole site in its place if there is none; remove half-made folders."""
    for room in _leftovers(out):
        mounted.carry_out(room, out, _FORMER)
        if not out.exists() and _is_built(room / _FORMER):
            (room / _FORMER).rename(out)
        shutil.rmtree(room)


def _foreign_files(out: Path, files: Files) -> list[str]:
    """Return the files in a built folder that neither its build nor this one has made, sorted.

    A folder that was built before it recorded its files has none: nothing tells them apart.
    """
    if not _is_built(out):
        return []
    made = files_made(out)
    if not made:
        return []
    present = (path.relative_to(out) for path in out.rglob("*") if _is_file(path))
    foreign = {path.as_posix() for path in present if path.parts[0] not in {_ROOM, _LOCK}}
    return sorted(foreign - {MARKER, *made, *files})


def is_whole(out: Path) -> bool:
    """Return whether ``out`` holds a site of which every file is as its build has made it."""
    made = files_made(out) if _is_built(out) else {}
    return bool(made) and all(_digest(out / name) == digest for name, digest in made.items())


def files_made(out: Path) -> dict[str, str]:
    """Return the files that the build of a folder has made, each with its SHA-256."""
    text = (out / MARKER).read_bytes().removeprefix(MARK).decode(errors="replace")
    lines = (line.partition("  ") for line in text.splitlines())
    return {name: digest for digest, _, name in lines}


def _digest(content: bytes | Path) -> str:
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    with suppress(OSError), content.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
    return ""


def _is_file(path: Path) -> bool:
    return path.is_symlink() or path.is_file()


# --- writing -----------------------------------------------------------------------------


def _write(files: Files, folder: Path) -> None:
    made = "".join(f"{_digest(files[name])}  {name}\n" for name in sorted(files))
    marker = MARK + made.encode()
    for name, content in {MARKER: marker, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Path):
            shutil.copyfile(content, path)
        else:
            path.write_bytes(content)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target, follow_symlinks=False)


def _exchange(room: Path, out: Path) -> None:
    """Let the fresh folder take the place of ``out``; the caller clears the room, in any case."""
    try:
        if not out.exists():
            (room / _FRESH).rename(out)
        elif not exchange(room / _FRESH, out):
            out.rename(room / _FORMER)
            (room / _FRESH).rename(out)
    except OSError as error:
        raise _refused(out, error) from None
