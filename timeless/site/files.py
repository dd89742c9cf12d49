"""Files: those of a build that are copied or joined, not rendered.

A build is a mapping from paths in the finished folder to content or to a file to copy, so that
everything can be checked before anything is written.
"""

from pathlib import Path

from timeless.errors import refuse_if_any
from timeless.folders import Catalogue, Site
from timeless.results.reading import SCHEMAS, read_text

Files = dict[str, bytes | Path]

# One style sheet, joined in this order, so that a page waits for one file.
STYLES = (
    *("tokens", "base", "header", "search", "preview", "page"),
    *("figure", "widget", "ledger", "maths", "print"),
)
FONTS = tuple(
    f"@fontsource-variable/{family}/files/{family}-latin-wght-{style}.woff2"
    for family in ("source-serif-4", "source-sans-3")
    for style in ("normal", "italic")
)
PLOTLY = "plotly.js-cartesian-dist-min/plotly-cartesian.min.js"
VENDORED = {
    "vendor/plotly-cartesian.min.js": PLOTLY,
    "vendor/minisearch.js": "minisearch/dist/umd/index.js",
}


def assets(site: Site) -> Files:
    """Return style sheet, scripts, images, fonts, Plotly, and the artifacts with their schemas.

    Raises TimelessError if front-end packages are not installed or a style sheet has no place
    in the order.
    """
    files: Files = {"css/site.css": _joined_styles(site)}
    for folder, pattern in (("js", "*.js"), ("kit", "*.js"), ("images", "**/*")):
        files |= _tree(site.sources / folder, pattern, folder)
    for shared in sorted((site.sources / "kit").glob("*/")):
        files[f"kit/{shared.name}.js"] = _joined_scripts(shared, shared.name)
    files |= _instruments(site)
    files |= _tree(site.artifacts, "**/*", "artifacts")
    files |= _tree(SCHEMAS, "*.json", "schemas")
    files |= _from_packages(site)
    return files


def passed_through(site: Site, files: Files) -> Files:
    """Return the files of ``as-is/``, which become part of the site as they are.

    They are for the host, such as ``CNAME``. Raises TimelessError if one has the name of a file
    that the build makes.
    """
    passed = _tree(site.sources / "as-is", "**/*", "")
    refuse_if_any(
        [f"{name} is a file that the build makes" for name in sorted(passed.keys() & files.keys())],
        what="the files to pass through",
        where="as-is",
        remedy="rename them",
    )
    return passed


def _instruments(site: Site) -> Files:
    """Return one script and one style sheet of each instrument, named as in pages."""
    known = Catalogue("widget", site.instruments)
    files: Files = {}
    for name in known.names():
        folder = known.folder() / name.replace("-", "_")
        files |= _tree(folder, "*.css", f"instruments/{name}")
        files[f"instruments/{name}/{name}.js"] = _joined_scripts(folder, name)
    return files


def _joined_scripts(folder: Path, name: str) -> bytes:
    """Return the scripts of a folder as one, so that a page waits for one file.

    They stand in the order of their names, the one called ``name`` last: each finds what those
    before it define.
    """
    scripts = sorted(folder.glob("*.js"), key=lambda path: (path.stem == name, path.name))
    return "\n".join(map(read_text, scripts)).encode()


def refuse_incomplete_instruments(site: Site) -> None:
    """Raise TimelessError that lists what is missing of the three parts of an instrument."""
    known = Catalogue("widget", site.instruments)
    folder, names = known.folder(), known.names()
    parts = [
        f"{name.replace('-', '_')}/{name}.{ending}" for name in names for ending in ("js", "css")
    ]
    parts += [
        f"{script.parent.name}/__init__.py"
        for script in sorted(folder.glob("*/*.js"))
        if script.parent.name.replace("_", "-") not in names
    ]
    refuse_if_any(
        [f"{folder.name}/{part} is missing" for part in parts if not (folder / part).is_file()],
        what="instruments",
        remedy="an instrument is a folder with its data, its script and its style sheet",
    )


def _tree(root: Path, pattern: str, prefix: str) -> Files:
    return {
        f"{prefix}/{path.relative_to(root).as_posix()}".lstrip("/"): path
        for path in sorted(root.glob(pattern))
        if path.is_file() and not path.name.startswith(".")
    }


def _joined_styles(site: Site) -> bytes:
    sheets = {path.stem: path for path in (site.sources / "css").glob("*.css")}
    sheets["maths"] = site.packages / "maths.css"
    refuse_if_any(
        [f"{name}.css has no place in it" for name in sorted(sheets.keys() - set(STYLES))],
        what="the style sheet",
        where="css",
        remedy=f"use one of {', '.join(STYLES)}, or add to STYLES in timeless/site/files.py",
    )
    return "\n".join(read_text(sheets[name]) for name in STYLES if name in sheets).encode()


def _from_packages(site: Site) -> Files:
    packages = site.packages / "node_modules"
    sources = {f"fonts/{Path(name).name}": packages / name for name in FONTS}
    sources |= {path: packages / name for path, name in VENDORED.items()}
    missing = [f"{path} is missing" for path in sources.values() if not path.is_file()]
    refuse_if_any(
        missing,
        what="front-end packages are not installed",
        remedy=f"run `make site`, or: npm --prefix {site.packages} ci",
    )
    return {**sources}
