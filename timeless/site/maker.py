"""Maker: every file of a site, checked, in memory; made again and again while pages are written.

What only results and code decide, and each page whose text has not changed, is made once.
"""

from collections.abc import Mapping
from typing import Any

from timeless.folders import Site
from timeless.options import Options
from timeless.site.content import Content, Made, gather, make
from timeless.site.files import Files, assets, passed_through
from timeless.site.inputs import Former
from timeless.site.links import check_links
from timeless.site.pages import Source, read_pages
from timeless.site.render import Filled, data_files, render, typeset
from timeless.site.search import search_index

Manifest = Mapping[str, Mapping[str, Any]]


class Maker:
    """Makes a site, and remembers what it has made."""

    def __init__(self, site: Site, options: Options) -> None:
        self._site, self._options = site, options
        self._made: Made | None = None
        self._data: Files = {}
        self._filled: Filled = {}
        self._filled_from: object = None

    def files(self, manifest: Manifest, former: Former | None = None) -> tuple[Files, list[Source]]:
        """Return all files of the site, and the pages they are made of.

        ``manifest`` is that of the artifacts, verified; what is right in a ``former`` site is not
        made again. Raises TimelessError with whatever is
        wrong in what the author has written.
        """
        site, options = self._site, self._options
        sources = read_pages(site)
        if self._made is None or self._made.manifest != manifest:
            self._made, self._data = make(site, manifest), {}
        content = gather(site, options, sources, self._made)
        kept = former.kept(sources) if former else {}
        kept = {name: kept[name] for name in kept.keys() - passed_through(site, {}).keys()}
        if not kept:
            self._data = self._data or data_files(site, content)
        self._forget_pages_if_changed(content)
        files = kept | assets(site) | self._data
        files |= render(site, sources, content, self._filled, kept)
        files = typeset(site, sources, content, files)
        files |= search_index(files, sources)
        files |= passed_through(site, files)
        check_links(files, options.base_url)
        return files, sources

    def _forget_pages_if_changed(self, content: Content) -> None:
        """Forget every page if what pages are made of, beside their text, has changed."""
        templates = sorted(self._site.templates.glob("*"))
        shared = (*templates, content.bibliography.path, content.glossary.path)
        files = [path for path in shared if path.is_file()]
        placed = content.ledger.page, dict(content.ledger.figures), content.glossary_page
        now = (content.results, placed, [(path, path.read_bytes()) for path in files])
        if now != self._filled_from:
            self._filled, self._filled_from = {}, now
