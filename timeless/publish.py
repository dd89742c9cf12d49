"""Publishing: a finished build becomes the folder that a reader opens, whole or not at all."""

import shutil
import tempfile
from pathlib import Path

from timeless.assets import Files
from timeless.errors import UsageError

# GitHub Pages serves a folder with this file as it is. Its content tells a build from any
# other folder, which a build must never replace.
MARKER = ".nojekyll"
MARK = b"Built by Timeless. Do not edit: the next build replaces this folder.\n"


def publish(files: Files, out: Path) -> None:
    """Put the files of a build into a new folder beside ``out``, then swap the two.

    Whatever fails, the folder that was there is still whole. Raises TimelessError if ``out``
    is a folder that holds something other than a build of this project.
    """
    refuse_foreign_folder(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f"{out.name}.") as room:
        fresh, former = Path(room) / "fresh", Path(room) / "former"
        _write(files, fresh)
        if out.exists():
            out.rename(former)
        try:
            fresh.rename(out)
        except OSError:
            if former.exists():
                former.rename(out)
            raise


def refuse_foreign_folder(out: Path) -> None:
    """Raise UsageError if a build would replace something that no build has made."""
    marker = out / MARKER
    if not out.exists() or (marker.is_file() and marker.read_bytes() == MARK):
        return
    if not out.is_dir() or any(out.iterdir()):
        raise UsageError(
            "will not be replaced: it is not a site that this command has built",
            where=str(out),
            remedy="name another folder with --out, or remove it yourself",
        )


def _write(files: Files, folder: Path) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Path):
            shutil.copyfile(content, path)
        else:
            path.write_bytes(content)
