"""Options: the command line of build.py."""

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from timeless import __version__
from timeless.errors import UsageError

_EXAMPLES = """\
examples:
  python build.py                            build public/ from the committed artifacts
  python build.py --serve                    show the site on this machine while it is written:
                                             each save is built, and shown, in about a second
  python build.py --list                     show which page uses which figure and artifact
  python build.py --train addition           run one experiment again, then build
  python build.py --train --device cuda      run every experiment again on a GPU, then build;
                                             what is trained already is only read
  python build.py --train fraction_sweep --engine ray --ray-address 10.0.0.1:6379
                                             spread the runs over the machines of a Ray cluster
  python build.py --quick                    try everything at p = 13, into public-quick/
  python build.py --frozen --out /tmp/site   never train: stale results are an error
  python build.py --base-url https://NAME.github.io/timeless/
                                             add canonical links, a sitemap and cards

Without --train, an experiment runs only if its artifact is missing or was made with another
configuration, and torch is installed (pip install -e ".[train]").

Without --ray-address, Ray starts on this machine alone, a run on each core (pip install -e
".[cluster]"). The machines of a cluster must have the same packages and see this folder at the
same path, on a file system they share: a run that loses its machine goes on elsewhere from its
last checkpoint.

Folders are relative to where you stand; the site's own sources are found from anywhere.

exit status: 0 done, 1 the build failed and the former site is whole, 2 wrong use, 130 stopped by
Ctrl-C, SIGTERM or a closed terminal.
"""

DEVICES = ("auto", "cpu", "cuda", "mps")
ENGINES = ("local", "ray")
_URL = re.compile(
    r"https?://([\w-]+(\.[\w-]+)*|\[[0-9a-f:.]+\])(:\d{1,5})?(/([\w.~!$()*+,;=:@-]|%[0-9a-f]{2})*)*",
    re.ASCII | re.IGNORECASE,
)
PORT = 8131
OUT, QUICK_OUT = Path("public"), Path("public-quick")


@dataclass(frozen=True)
class Options:
    """What the command line asks for. ``train`` is None, or the names given, or () for all."""

    train: tuple[str, ...] | None = None
    device: str = "auto"
    engine: str = "local"
    ray_address: str = ""
    quick: bool = False
    frozen: bool = False
    serve: int | None = None
    list: bool = False
    out: Path = OUT
    base_url: str = ""
    source_url: str = ""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message, remedy="see python build.py --help")


def parse(argv: Sequence[str]) -> Options:
    """Return the options; raises UsageError for arguments that make no sense."""
    parser = _Parser(
        prog="build.py",
        description="Build the Timeless site from measured artifacts; train what is missing.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--train", nargs="*", metavar="NAME", help="run these experiments again (default: all)")
    add("--device", choices=DEVICES, default="auto", help="where to train")
    add("--engine", choices=ENGINES, default="local", help="what runs the training jobs")
    add("--ray-address", default="", metavar="ADDR", help="a running Ray cluster (--engine ray)")
    add("--quick", action="store_true", help="every experiment, tiny, into a folder of its own")
    add("--frozen", action="store_true", help="never train; stale or missing artifacts fail")
    add("--serve", nargs="?", type=int, const=PORT, metavar="PORT", help="show it while writing")
    add("--list", action="store_true", help="print page <- figure <- artifact, and stop")
    add(
        "--out",
        type=Path,
        metavar="DIR",
        help="where the site goes (default: public here, with --quick public-quick)",
    )
    add("--base-url", default="", metavar="URL", help="where the site will be served")
    add("--source-url", default="", metavar="URL", help="the repository, for links in each footer")
    add("--version", action="version", version=f"Timeless {__version__}")
    given = vars(parser.parse_args(argv))
    given["train"] = None if given["train"] is None else tuple(given["train"])
    given["out"] = given["out"] or (QUICK_OUT if given["quick"] else OUT)
    for option in ("base_url", "source_url"):
        given[option] = _checked_url(given[option], f"--{option.replace('_', '-')}")
    options = Options(**given)
    _refuse_contradictions(options)
    return options


def _refuse_contradictions(options: Options) -> None:
    if options.frozen and options.train is not None:
        raise UsageError("--frozen never trains, --train does", remedy="give one of them")
    if options.quick and (options.frozen or options.train is not None):
        other = "--frozen" if options.frozen else "--train"
        raise UsageError(
            f"--quick trains everything, tiny; {other} is about the results that are kept",
            remedy="give one of them",
        )
    if options.quick and options.out.resolve() == OUT.resolve():
        raise UsageError(
            f"--quick never writes to {OUT}, where the site belongs", remedy="give another --out"
        )
    if options.serve is not None and (options.quick or options.train is not None):
        raise UsageError("--serve only shows the site", remedy="train first, then serve")
    if options.ray_address and options.engine != "ray":
        raise UsageError("--ray-address is for --engine ray", remedy="add --engine ray")


def _checked_url(url: str, option: str) -> str:
    """Return the URL with a slash at its end, or nothing if there is none."""
    if not url:
        return ""
    if not _URL.fullmatch(url):
        raise UsageError(
            f"{option} must look like https://NAME.github.io/timeless/; got {url!r}",
            remedy="give scheme, host and path, percent-encoded, without query",
        )
    return url.rstrip("/") + "/"
