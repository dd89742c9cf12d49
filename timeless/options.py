"""Options: the command line of build.py."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

from timeless.errors import UsageError

_EXAMPLES = """\
examples:
  python build.py                            build public/ from the committed artifacts
  python build.py --list                     show which page uses which figure and artifact
  python build.py --train addition           run one experiment again, then build
  python build.py --train --device cuda      run every experiment again on a GPU, then build
  python build.py --frozen --out /tmp/site   never train: stale results are an error
  python build.py --base-url https://NAME.github.io/timeless/
                                             add canonical links and a sitemap

Without --train, an experiment runs only if its artifact is missing or was made with another
configuration, and torch is installed (pip install -e ".[train]").
"""


@dataclass(frozen=True)
class Options:
    """What the command line asks for. ``train`` is None, or the names given, or () for all."""

    train: tuple[str, ...] | None
    device: str
    frozen: bool
    list: bool
    out: Path
    base_url: str


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
    add("--device", choices=["auto", "cpu", "cuda", "mps"], default="auto", help="where to train")
    add("--frozen", action="store_true", help="never train; stale or missing artifacts fail")
    add("--list", action="store_true", help="print page <- figure <- artifact, and stop")
    add("--out", type=Path, default=Path("public"), metavar="DIR", help="default: public")
    add("--base-url", default="", metavar="URL", help="where the site will be served")
    given = parser.parse_args(argv)
    if given.frozen and given.train is not None:
        raise UsageError("--frozen never trains, --train does", remedy="give one of them")
    train = None if given.train is None else tuple(given.train)
    url = _checked_url(given.base_url)
    return Options(train, given.device, given.frozen, given.list, given.out, url)


def _checked_url(url: str) -> str:
    """Return the URL with a slash at its end, or nothing if there is none."""
    if not url:
        return ""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        raise UsageError(
            f"--base-url must look like https://NAME.github.io/timeless/; got {url!r}",
            remedy="give scheme, host and path",
        )
    return url.rstrip("/") + "/"
