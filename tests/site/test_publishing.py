"""A site is replaced as a whole or not at all, whatever stops a build; hosts keep their files."""

import errno
import os
import shutil
import signal
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from timeless.build import main
from timeless.errors import UsageError
from timeless.folders import Site
from timeless.site import publishing
from timeless.site.publishing import MARK, MARKER, prepare, publish
from timeless.system import is_mount_point, locked

OLD = {"index.html": b"old", "old.html": b"old"}
NEW = {"index.html": b"new", "js/new.js": b"new"}


@pytest.fixture(params=["exchange", "two renames", "mount point"])
def exchanging(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Publish with the system's exchange of two names, without, and into what is mounted."""
    if request.param == "two renames":
        monkeypatch.setattr(publishing, "exchange", lambda *_: False)
    if request.param == "mount point":
        monkeypatch.setattr(publishing, "is_mount_point", lambda _: True)


def contents(folder: Path) -> dict[str, bytes]:
    found = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if name != MARKER}


def stop_at(patch: pytest.MonkeyPatch, count: int) -> None:
    """Let the count-th write, copy, exchange, renaming or removal be stopped by Ctrl-C."""
    steps = iter(range(1000))

    def counted(real):
        def step(*arguments, **options):
            before = next(steps)
            if before == 2 * count:
                raise KeyboardInterrupt
            done = real(*arguments, **options)
            if next(steps) == 2 * count + 1:
                raise KeyboardInterrupt
            return done

        return step

    patch.setattr(Path, "write_bytes", counted(Path.write_bytes))
    patch.setattr(Path, "rename", counted(Path.rename))
    patch.setattr(Path, "replace", counted(Path.replace))
    for name in ("exchange", "flush"):
        patch.setattr(publishing, name, counted(getattr(publishing, name)))


@pytest.mark.parametrize("killed", [False, True], ids=["stopped", "killed"])
@pytest.mark.usefixtures("exchanging")
def test_whatever_stops_it_one_whole_site_is_there(killed: bool, tmp_path: Path) -> None:
    """After Ctrl-C at once; after a kill, which clears nothing, from the next start on."""
    out = tmp_path / "public"
    for count in range(16):
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        publish(OLD, out)
        with pytest.MonkeyPatch.context() as patch, suppress(KeyboardInterrupt):
            if killed:
                patch.setattr(publishing, "_clear", lambda _: None)
            stop_at(patch, count)
            publish(NEW, out)
        if killed:
            prepare(out)
        assert contents(out) in (OLD, NEW), count
        assert list(tmp_path.iterdir()) == [out], count
    assert contents(out) == NEW  # nothing was left to stop


@pytest.mark.usefixtures("exchanging")
def test_a_reader_finds_a_whole_site_while_builds_publish_at_once(tmp_path: Path) -> None:
    out = tmp_path / "public"
    out.mkdir()
    sites = [
        {f"{n}.html": str(n).encode() for n in range(20)} | {"of": who} for who in (b"1", b"2")
    ]
    failures: list[BaseException] = []

    def work(site: dict[str, bytes]) -> None:
        try:
            for _ in range(5):
                publish(site, out)
        except BaseException as error:
            failures.append(error)

    builders = [threading.Thread(target=work, args=[site]) for site in sites]
    for builder in builders:
        builder.start()
    for builder in builders:
        builder.join()
    assert failures == []
    assert contents(out) in sites
    assert list(tmp_path.iterdir()) == [out]


def test_the_former_site_is_never_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "public"
    publish(OLD, out)
    seen = []
    for name in ("exchange", "flush"):
        real = getattr(publishing, name)

        def looking(*arguments, real=real):
            seen.append(contents(out))
            done = real(*arguments)
            seen.append(contents(out))
            return done

        monkeypatch.setattr(publishing, name, looking)
    publish(NEW, out)
    assert seen == [OLD, OLD, OLD, NEW]


def test_another_holder_of_a_lock_is_named_and_a_dead_one_forgotten(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    file.write_text("left by a process that was killed")

    def refuse(who: str) -> None:
        raise UsageError(who)

    with locked(file, refuse):
        with pytest.raises(UsageError, match=f"process {os.getpid()} on "), locked(file, refuse):
            pass
        assert file.exists()
    assert not file.exists()


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_every_way_to_stop_a_build_is_like_ctrl_c(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    number = getattr(signal, name)
    inherited = signal.signal(number, signal.default_int_handler)  # nohup has it ignored
    monkeypatch.setattr("timeless.build.refresh", lambda *_: signal.raise_signal(number))
    try:
        assert main(["--out", str(tmp_path / "public")], Site.at(tmp_path)) == 130
        assert signal.getsignal(number) is signal.default_int_handler
    finally:
        signal.signal(number, inherited)
    assert capsys.readouterr().err == "build.py: stopped\n"


def test_files_of_the_host_are_kept_and_former_pages_are_not(tmp_path: Path) -> None:
    out, target = tmp_path / "link", tmp_path / "site"
    target.mkdir()
    out.symlink_to(target)
    assert publish(OLD, out) == []
    (out / "CNAME").write_bytes(b"example.org")
    (out / ".well-known").mkdir()
    (out / ".well-known" / "proof").write_bytes(b"it is me")
    (out / "elsewhere").symlink_to(tmp_path)
    for _ in range(2):
        kept = [".well-known/proof", "CNAME", "elsewhere"]
        assert publish(NEW, out) == kept
    held = {"CNAME": b"example.org", ".well-known/proof": b"it is me"}
    assert {name: held.get(name) for name in kept[:2]} == held
    assert {name: (out / name).read_bytes() for name in held | NEW} == held | NEW
    assert not (out / "old.html").exists()
    assert (out / "elsewhere").readlink() == tmp_path
    assert out.is_symlink()


def test_only_folders_that_a_build_has_left_are_removed(tmp_path: Path) -> None:
    out = tmp_path / "public"
    former = tmp_path / "public.x1y2" / "former"  # killed between its two renames
    former.mkdir(parents=True)
    (former / MARKER).write_bytes(MARK)
    (former / "index.html").write_bytes(b"old")
    for name in ("public.building/fresh/js", "public.old", "public.mine/fresh", "public.mine/x"):
        (tmp_path / name).mkdir(parents=True)
    prepare(out)
    assert contents(out) == {"index.html": b"old"}
    assert {path.name for path in tmp_path.iterdir()} == {"public", "public.mine", "public.old"}


def test_what_is_mounted_stays_and_becomes_the_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "public"
    out.mkdir()
    monkeypatch.setattr(publishing, "is_mount_point", lambda _: True)
    for name in ("rename", "replace"):  # no name within it leads out of it, nor into it
        real = getattr(Path, name)

        def within(path: Path, to: Path, real=real):
            assert (path.is_relative_to(out), to.is_relative_to(out)) == (True, True)
            return real(path, to)

        monkeypatch.setattr(Path, name, within)
    same = out.stat().st_ino
    publish(OLD | {"js/old.js": b"old", "new": b"a file"}, out)
    (out / "js" / "mine.js").write_bytes(b"mine")
    assert publish(NEW | {"new/page.html": b"in a folder"}, out) == ["js/mine.js"]
    assert contents(out) == NEW | {"new/page.html": b"in a folder", "js/mine.js": b"mine"}
    assert publish({"index.html": b"last"}, out) == ["js/mine.js"]
    assert contents(out) == {"index.html": b"last", "js/mine.js": b"mine"}
    assert out.stat().st_ino == same


def test_a_mount_point_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bound = tmp_path / "a folder"
    listed = f"1 2 0:1 / {tmp_path}/a\\040folder rw - ext4 /dev/sda rw\n"
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: listed)
    assert [is_mount_point(Path("/")), is_mount_point(bound)] == [True, True]
    assert not is_mount_point(tmp_path)


def test_a_place_that_cannot_be_had_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match="name is longer than this file system allows"):
        prepare(tmp_path / ("x" * 250))

    def held(*_: object) -> None:
        raise OSError(errno.EBUSY, "busy")

    publish(OLD, tmp_path / "public")
    monkeypatch.setattr(publishing, "exchange", held)
    with pytest.raises(UsageError, match=r"which the system holds.*--out .*public/site"):
        publish(NEW, tmp_path / "public")
    assert contents(tmp_path / "public") == OLD
