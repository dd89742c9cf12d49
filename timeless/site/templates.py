"""Templates: the Jinja files that pages are put into, and the policy each page carries."""

import base64
import hashlib
import re
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import (
    BaseLoader,
    Environment,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from markupsafe import Markup

from timeless.errors import TimelessError, unknown_name
from timeless.results.reading import read_text
from timeless.site.pages import Page

_INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc=)([^>]*)>(.*?)</script>", re.DOTALL)
_POLICY = "\ue010"  # stands for the policy until the scripts of the page are known


class _Loader(BaseLoader):
    """Reads templates as their author sees them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get_source(self, _: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        path = self._folder / template
        if not path.is_file():
            raise TemplateNotFound(template, f"there is no {template}")
        return read_text(path, f"{self._folder.name}/{template}"), str(path), lambda: True


class Templates:
    """The templates of one folder. An undefined name is an error, text is escaped."""

    def __init__(self, folder: Path, shared: Mapping[str, Any]) -> None:
        self._folder = folder
        self._environment = Environment(
            loader=_Loader(folder), autoescape=True, undefined=StrictUndefined
        )
        self._environment.globals.update(shared)

    def render(self, name: str, **context: Any) -> str:
        """Return a filled template; raises TimelessError with its file and line."""
        try:
            return self._environment.get_template(name).render(context)
        except TemplateSyntaxError as error:
            where = f"{self._folder.name}/{error.name}:{error.lineno}"
            raise TimelessError(str(error), where=where) from None
        except (TemplateError, TypeError) as error:
            raise TimelessError(str(error), where=self._line_of(error, name)) from error

    def render_diagram(self, name: str, **context: Any) -> str:
        """Return the filled template diagram-NAME.html; raises TimelessError if there is none."""
        known = [path.stem.removeprefix("diagram-") for path in self._folder.glob("diagram-*.html")]
        if name not in known:
            raise unknown_name("diagram", name, known)
        return self.render(f"diagram-{name}.html", **context)

    def render_page(self, name: str, *, page: Page, **context: Any) -> bytes:
        """Return a whole page with ``csp``, the policy that fits the scripts it contains."""
        html = self.render(name, csp=Markup(_POLICY), page=page, **context)
        policy = content_security_policy(html, compiles=page.trains)
        return html.replace(_POLICY, policy).encode()

    def _line_of(self, error: BaseException, name: str) -> str:
        frames = traceback.extract_tb(error.__traceback__)
        inside = [frame for frame in frames if Path(frame.filename).parent == self._folder]
        if not inside:
            return f"{self._folder.name}/{name}"
        return f"{self._folder.name}/{Path(inside[-1].filename).name}:{inside[-1].lineno}"


def content_security_policy(html: str, *, compiles: bool) -> str:
    """Return a policy that lets a page load from its own site and run its own inline scripts.

    One that ``compiles`` may make programs of WebAssembly, and still none of text. No text may
    become markup or a script while it is read: `site_src/js/timeless.js` says what passes.
    """
    hashes = [
        base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        for attributes, script in _INLINE_SCRIPT.findall(html)
        if "type=" not in attributes  # else it is data, or TeX until it is typeset
    ]
    allowed = ["'self'", *(f"'sha256-{digest}'" for digest in dict.fromkeys(hashes))]
    allowed += ["'wasm-unsafe-eval'"] if compiles else []
    scripts = " ".join(allowed)
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self'; connect-src 'none'; worker-src blob:; "
        "base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types timeless default"
    )
