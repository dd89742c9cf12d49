"""Golden mini-sites: each folder is one site, of which some must fail with a given message.

A case has ``pages/`` and whatever else differs from ``shared/``: ``templates``, ``sources``,
``artifacts``, and the packages ``figures``, ``instruments`` and ``experiments``.
"""

from pathlib import Path

from timeless.site import Site

SITES = Path(__file__).parent
ROOT = SITES.parents[1]


def mini_site(case: str, cache: Path) -> Site:
    """Return the site of one case, with ``shared/`` for what the case does not bring."""
    parts = {name: _own_or_shared(case, name) for name in ("templates", "sources", "artifacts")}
    packages = {
        name: f"tests.sites.{_own_or_shared(case, name).parent.name}.{name}"
        for name in ("figures", "instruments", "experiments")
    }
    return Site(
        pages=SITES / case / "pages",
        packages=ROOT / "site_src",
        runs=cache / "runs",
        cache=cache,
        **parts,
        **packages,
    )


def _own_or_shared(case: str, name: str) -> Path:
    own = SITES / case / name
    return own if own.exists() else SITES / "shared" / name
