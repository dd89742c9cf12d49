"""What stands around the package: the set-up of its environment, the workflow that publishes."""

import re
import subprocess
import tomllib
from pathlib import Path

from tests.sites import ROOT

PYTHON = """#!/bin/sh
case "$*" in
    "-m venv"*) echo "$*" >>made; mkdir -p .venv/bin; cp "$0" .venv/bin/python; : >.venv/pyvenv.cfg
esac
"""


def test_a_set_up_that_was_killed_is_made_anew_and_a_whole_one_left_alone(tmp_path: Path) -> None:
    half = tmp_path / ".venv" / "bin" / "python"
    half.parent.mkdir(parents=True)
    for path, text in ((half, "#!/bin/sh\nexit 1\n"), (tmp_path / "python", PYTHON)):
        path.write_text(text)
        path.chmod(0o755)
    for _ in range(2):
        subprocess.run([ROOT / "scripts/environment", "./python"], cwd=tmp_path, check=True)
        assert (tmp_path / "made").read_text() == "-m venv --clear .venv\n"
        assert (tmp_path / ".venv" / ".made").exists()


def test_what_is_installed_by_hash_is_what_the_constraints_say() -> None:
    def pins(file: str) -> dict[str, str]:
        found = re.findall(r"^([\w.-]+)==([\w.+]+)", (ROOT / file).read_text(), re.MULTILINE)
        return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}

    hashed, known = pins("requirements.txt"), pins("constraints.txt")
    assert {name: known.get(name) for name in hashed} == hashed
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed = {re.split("[>=<]", each)[0].lower() for each in project["dependencies"]}
    assert needed <= hashed.keys()


def test_the_walk_through_an_experiment_leads_along_files_that_are_there() -> None:
    walk = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## One experiment")[2]
    paths = re.findall(r"`((?:timeless|artifacts|site_src|tests)/[\w./-]+)`", walk)
    assert len(paths) >= 6
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_actions_of_others_are_pinned_by_their_hash() -> None:
    for workflow in (ROOT / ".github" / "workflows").glob("*.yml"):
        used = re.findall(r"uses: (\S+)(.*)", workflow.read_text(encoding="utf-8"))
        assert used
        for action, comment in used:
            assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action), action
            assert re.fullmatch(r" # v[\d.]+", comment), action
