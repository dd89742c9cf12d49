"""Links: every page of a finished build points only at what is in the build.

The check reads the built files as a browser would, so that it also covers what templates and
style sheets refer to. Another host may be linked to, never loaded from.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from timeless.errors import refuse_if_any

# Attributes that make the browser load something, or that lead the reader somewhere.
_LINKS = {"href", "xlink:href", "src", "poster", "srcset", "data", "action", "formaction", "ping"}
# Addresses that lead somewhere. Those that are a script themselves (javascript:, data:) do not.
_LEADS_AWAY = {"http", "https", "mailto"}
# What may hold its content in its own address: pictures, and the picture beside a title.
_PICTURES = {"img", "image", "source", "link"}
# A link that loads nothing names no file of the site: where the page is on the web.
_NAMES_ONLY = {"canonical"}
# What MathJax makes refers to the glyphs that are added with it: most tags of most pages.
_MATHS = re.compile(r"<mjx-container.*?</mjx-container>", re.DOTALL)
_CSS_URL = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)""")


@dataclass
class _Contents(HTMLParser):
    """Anchors, links and scripts in attributes of one page.

    ``links`` holds (line, tag, target), ``scripts`` (line, tag, attribute).
    """

    anchors: set[str] = field(default_factory=set)
    twice: list[tuple[int, str]] = field(default_factory=list)
    links: list[tuple[int, str, str]] = field(default_factory=list)
    scripts: list[tuple[int, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {key: value or "" for key, value in attrs}
        line = self.getpos()[0]
        if "id" in values:
            if values["id"] in self.anchors:
                self.twice.append((line, values["id"]))
            self.anchors.add(values["id"])
        self.scripts += [(line, tag, key) for key in values if key.startswith("on")]
        if values.get("rel") in _NAMES_ONLY:
            return
        self.links += [(line, tag, values[key]) for key in sorted(_LINKS & values.keys())]


@dataclass(frozen=True)
class _Build:
    """What links may lead to."""

    files: Mapping[str, bytes | Path]
    pages: Mapping[str, _Contents]
    base_url: str


def check_links(files: Mapping[str, bytes | Path], base_url: str) -> None:
    """Raise one TimelessError that lists each link to a file or anchor that does not exist.

    ``files`` maps each path of the build to its content; a file that is only copied refers to
    nothing. Links that begin with ``base_url`` are links into the build.
    """
    written = {name: file for name, file in files.items() if isinstance(file, bytes)}
    pages = {name: _read(text) for name, text in written.items() if name.endswith(".html")}
    build = _Build(files, pages, base_url)
    problems = [p for name, page in pages.items() for p in _page_problems(name, page, build)]
    for name, text in written.items():
        if name.endswith(".css"):
            problems += _style_problems(name, text.decode(), files)
    refuse_if_any(problems, what="links that lead nowhere")


def _read(text: bytes) -> _Contents:
    page = _Contents()
    page.feed(_MATHS.sub("", text.decode()))
    return page


def _page_problems(name: str, page: _Contents, build: _Build) -> Iterator[str]:
    for line, anchor in page.twice:
        yield f'{name}:{line}: the id "{anchor}" is used twice'
    for line, tag, key in page.scripts:
        yield f"{name}:{line}: <{tag}> has a script in {key}, which no page may run"
    for line, tag, target in page.links:
        problem = _link_problem(name, tag, target, build)
        if problem:
            yield f"{name}:{line}: {problem}"


def _link_problem(name: str, tag: str, target: str, build: _Build) -> str:
    if build.base_url and target.startswith(build.base_url):
        name, target = "index.html", target[len(build.base_url) :]
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return _foreign_problem(tag, target, parts.scheme)
    if parts.path.startswith("/"):
        return f"{target} works only at the root of a host: make it relative"
    path = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(parts.path)))
    path = path if parts.path else name
    if path not in build.files:
        return f"{target} is not in the site (a link ends in a file name)"
    fragment = unquote(parts.fragment)
    # "#widget-spectrum?spectrum.k=…" carries the state of a widget: it is no anchor.
    if fragment and "=" not in fragment and not _has_anchor(build, path, fragment):
        return f'{path} has no anchor "{fragment}"'
    return ""


def _foreign_problem(tag: str, target: str, scheme: str) -> str:
    if scheme == "data" and tag in _PICTURES:
        return ""
    if scheme and scheme not in _LEADS_AWAY:
        return f"{target} is no address that a reader can be led to"
    return "" if tag == "a" else f"<{tag}> would load {target} from another host"


def _has_anchor(build: _Build, path: str, anchor: str) -> bool:
    return path not in build.pages or anchor in build.pages[path].anchors


def _style_problems(name: str, css: str, files: Mapping[str, bytes | Path]) -> Iterator[str]:
    for target in _CSS_URL.findall(css):
        if target.startswith(("data:", "#")):
            continue
        path = posixpath.normpath(posixpath.join(posixpath.dirname(name), urlsplit(target).path))
        if path not in files:
            yield f"{name}: url({target}) is not in the site"
