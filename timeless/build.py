"""The build: gather everything, check it, render it, and publish the whole or nothing."""

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from timeless.errors import TimelessError, UsageError
from timeless.folders import Site
from timeless.options import Options, parse
from timeless.refresh import refresh
from timeless.site.content import gather
from timeless.site.files import assets, publish, refuse_foreign_folder
from timeless.site.links import check_links
from timeless.site.origins import origins
from timeless.site.pages import read_pages
from timeless.site.render import render, typeset


def main(argv: Sequence[str], site: Site | None = None) -> int:
    """Return the exit status of the command: 0, 1 for a failed build, 2 for bad use."""
    site = site or Site.at(Path(__file__).resolve().parent.parent)
    try:
        options = parse(argv)
        if options.list:
            print(origins(site))  # noqa: T201 (what --list is for)
        else:
            with _workplace(site, options) as place:
                print(build(place, options))  # noqa: T201 (the one line that says where it is)
    except (TimelessError, OSError) as error:
        print(f"build.py: {error}", file=sys.stderr)  # noqa: T201
        return 2 if isinstance(error, UsageError) else 1
    except KeyboardInterrupt:
        print("build.py: stopped", file=sys.stderr)  # noqa: T201
        return 130
    return 0


def build(site: Site, options: Options) -> str:
    """Build the site into ``options.out`` and return one line that says so."""
    started = time.perf_counter()
    refuse_foreign_folder(options.out)
    manifest = refresh(site, options)
    sources = read_pages(site)
    content = gather(site, options, sources, manifest)
    files = assets(site) | render(site, sources, content)
    files = typeset(site, sources, content, files)
    check_links(files, options.base_url)
    publish(files, options.out)
    seconds = time.perf_counter() - started
    index = (options.out / "index.html").resolve()
    return f"Built {len(sources)} pages in {seconds:.1f} s. Open {index.as_uri()}"


@contextmanager
def _workplace(site: Site, options: Options) -> Iterator[Site]:
    """Yield the site; with ``--quick``, one with folders for results that are then thrown away."""
    if not options.quick:
        yield site
        return
    with tempfile.TemporaryDirectory(prefix="timeless-quick-") as room:
        yield replace(site, artifacts=Path(room) / "artifacts", runs=Path(room) / "runs")
