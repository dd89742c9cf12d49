"""The build: gather everything, check it, render it, and publish the whole or nothing."""

import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from timeless.errors import StoppedError, TimelessError, refused_by_system
from timeless.folders import Site
from timeless.options import Options, parse
from timeless.refresh import refresh
from timeless.serve import serve
from timeless.site.inputs import fingerprint, recall, remember
from timeless.site.maker import Maker
from timeless.site.origins import origins
from timeless.site.publishing import prepare, publish
from timeless.system import stopped_like_ctrl_c


def main(argv: Sequence[str], site: Site | None = None) -> int:
    """Return the exit status of the command; see its ``--help``."""
    site = site or Site.at(Path(__file__).resolve().parent.parent)
    try:
        with stopped_like_ctrl_c():
            print(_answer(site, parse(argv)), flush=True)  # noqa: T201 (what was asked for)
    except TimelessError as error:
        return _failed(error)
    except BrokenPipeError:  # whoever reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is still buffered goes nowhere
        return 141
    except OSError as error:
        return _failed(refused_by_system(error))
    except KeyboardInterrupt:
        return _failed(StoppedError("stopped"))
    return 0


def _answer(site: Site, options: Options) -> str:
    if options.list:
        return origins(site)
    if options.serve is not None:
        serve(site, options, stop=threading.Event(), ready=_say_where)
    with _workplace(site, options) as place:
        return build(place, options)


def _say_where(address: str) -> None:
    print(f"Open {address} (Ctrl-C ends it)", flush=True)  # noqa: T201


def _failed(error: TimelessError) -> int:
    print(f"build.py: {error}", file=sys.stderr)  # noqa: T201
    return error.status


def build(site: Site, options: Options) -> str:
    """Build the site into ``options.out`` and return one line that says so."""
    started = time.perf_counter()
    out = prepare(options.out)
    where = f"Open {(out / 'index.html').as_uri()}"
    inputs = fingerprint(site, options)
    anew = options.quick or options.train is not None
    former = None if anew else recall(site, out, inputs)
    if former and former.pages == inputs.pages:
        return f"Nothing has changed since this site was built. {where}"
    manifest = refresh(site, options)
    files, sources = Maker(site, options).files(manifest, former)
    kept = publish(files, out)
    remember(site, out, inputs, sources)  # what training has changed, the next build makes anew
    seconds = time.perf_counter() - started
    done = f"Built {len(sources)} pages in {seconds:.1f} s. {where}"
    return done + (f"\nKept what no build has made: {', '.join(kept)}" if kept else "")


@contextmanager
def _workplace(site: Site, options: Options) -> Iterator[Site]:
    """Yield the site; with ``--quick``, one with folders for results that are then thrown away."""
    if not options.quick:
        yield site
        return
    with tempfile.TemporaryDirectory(prefix="timeless-quick-") as room:
        try:
            yield replace(site, artifacts=Path(room) / "artifacts", runs=Path(room) / "runs")
        except StoppedError:
            remedy = "--quick keeps nothing, so that the same command begins again"
            raise StoppedError("stopped", remedy=remedy) from None
