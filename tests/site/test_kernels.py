"""The kernels that train in a page: compiled once for the same sources, allowed where needed."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.sites import ROOT, mini_site
from timeless.errors import TimelessError
from timeless.folders import Site
from timeless.results.encoding import payload_of
from timeless.site import kernels
from timeless.site.templates import content_security_policy

SOURCES = ROOT / "site_src"


def site_with(cache: Path, packages: Path = SOURCES) -> Site:
    return replace(mini_site("whole", cache), packages=packages)


@pytest.mark.node
def test_both_modules_are_compiled() -> None:
    script = kernels.kernels(Site.at(ROOT))
    assert payload_of(script.decode())["simd"]["bdata"].startswith("AGFzb")
    assert script.count(b"AGFzb") == 2  # "\0asm", the first bytes of a module


@pytest.mark.parametrize("damage", [b"", b"{}", b"[", b"\xff"])
def test_they_are_compiled_once_or_again_if_the_cache_is_damaged(
    damage: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([{"simd": "AA==", "fused": "AQ=="}] * 2)
    monkeypatch.setattr(kernels, "answer_of", lambda *_: next(answers))
    script = kernels.kernels(site_with(tmp_path))
    assert kernels.kernels(site_with(tmp_path)) == script
    assert len(list(answers)) == 1
    (entry,) = (tmp_path / "kernels").iterdir()
    entry.write_bytes(damage)
    monkeypatch.setattr(kernels, "answer_of", lambda *_: {"simd": "Ag==", "fused": "Aw=="})
    assert b'"Ag=="' in kernels.kernels(site_with(tmp_path))


def copied(to: Path) -> Path:
    for name in ("package-lock.json", "kernels.mjs"):
        shutil.copy(SOURCES / name, to / name)
    shutil.copytree(SOURCES / "kernels", to / "kernels")
    return to


@pytest.mark.node
def test_a_mistake_names_file_and_line(tmp_path: Path) -> None:
    packages = copied(tmp_path)
    (packages / "node_modules").symlink_to(SOURCES / "node_modules")
    with (packages / "kernels" / "loss.ts").open("a") as file:
        file.write("export const wrong: i32 = unknown;\n")
    with pytest.raises(TimelessError, match=r"unknown'[\s\S]*kernels/loss.ts\(\d+,"):
        kernels.kernels(site_with(tmp_path / "cache", packages))


def test_without_the_compiler_the_error_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(TimelessError, match=r"assemblyscript is not installed.*make site"):
        kernels.kernels(site_with(tmp_path / "cache", copied(tmp_path)))


def test_only_a_page_that_trains_may_compile() -> None:
    assert "'wasm-unsafe-eval'" in content_security_policy("", compiles=True)
    assert "unsafe-eval" not in content_security_policy("", compiles=False)
