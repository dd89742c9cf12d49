"""While it is written, a site is shown as it was last saved, and mistakes in its place."""

import json
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import pytest

from tests.test_build import cache, copied  # noqa: F401 (a fixture)
from timeless.errors import UsageError
from timeless.options import Options
from timeless.serve import LIVE, SCRIPT, serve

pytestmark = pytest.mark.node


def states(address: str) -> Iterator[dict[str, str]]:
    """Yield what the server tells the browser, as it comes."""
    with urllib.request.urlopen(address + LIVE.lstrip("/")) as stream:  # noqa: S310 (ours)
        for line in stream:
            if line.startswith(b"data: "):
                yield json.loads(line.removeprefix(b"data: "))


def get(address: str) -> str:
    with urllib.request.urlopen(address) as answer:  # noqa: S310 (ours)
        return answer.read().decode()


def test_what_is_saved_is_shown_and_so_are_mistakes(cache: Path, tmp_path: Path) -> None:  # noqa: F811
    site = copied("whole", tmp_path / "site", cache)
    (site.packages / "live.js").write_text("// the script")
    page, stop = site.pages / "other.md", threading.Event()
    written = page.read_text()
    addresses: Queue[str] = Queue()
    options = Options(serve=0)
    server = threading.Thread(
        target=serve, args=(site, options), kwargs={"stop": stop, "ready": addresses.put}
    )
    server.start()
    try:
        address = addresses.get()
        told = states(address)
        first = next(told)
        assert first["error"] == ""
        shown = get(address + "other.html")
        assert f'<script src="{SCRIPT}"></script></body>' in shown
        assert "connect-src 'self'" in shown
        assert get(address + SCRIPT.lstrip("/")) == "// the script"

        page.write_text(written + "\nIt has been saved.\n")
        second = next(told)
        assert second["error"] == ""
        assert second["build"] > first["build"]
        assert "It has been saved." in get(address + "other.html")

        page.write_text(written + '\n{{ value("toy.nothing") }}\n')
        third = next(told)
        assert third["build"] == second["build"]
        assert "pages/other.md:" in third["error"]
        assert "It has been saved." in get(address + "other.html")

        page.write_text(written)
        fourth = next(told)
        assert (fourth["error"], fourth["build"] > third["build"]) == ("", True)
        assert "It has been saved." not in get(address + "other.html")

        taken = Options(serve=int(address.rstrip("/").rpartition(":")[2]))
        with pytest.raises(UsageError, match=r"port \d+ cannot be used: .* --serve \d+"):
            serve(site, taken, stop=stop, ready=print)
    finally:
        stop.set()
        server.join()
