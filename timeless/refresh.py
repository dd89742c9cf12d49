"""Refreshing: runs the experiments whose artifacts are missing, stale, or asked for again.

An artifact carries the configuration that made it. If the experiment's configuration has
changed since, the artifact is stale and is made again as a whole. This is the only place
where building starts training, and torch is imported only then.
"""

import importlib
import importlib.util
import sys
from collections.abc import Collection
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from timeless.config import changes
from timeless.errors import TimelessError, UsageError, refuse_if_any, unknown_name
from timeless.experiments import in_order, needs
from timeless.folders import Site
from timeless.options import Options
from timeless.results.artifacts import load_artifact, save_artifact
from timeless.results.manifest import (
    MANIFEST,
    files_in,
    read_manifest,
    sha256,
    verify_manifest,
    write_manifest,
)
from timeless.running.engines import Engine, RayEngine, local, refuse_without_ray

if TYPE_CHECKING:
    from timeless.running.workspace import Workspace

_NEEDED = ("torch", "tqdm")  # the extra "train" of pyproject.toml


def refresh(site: Site, options: Options) -> dict[str, dict[str, Any]]:
    """Return the verified manifest after training what has to be trained.

    The manifest is written after each experiment, so that a run that is stopped keeps what it
    has finished. What is going to be trained is listed first, on stderr.

    Raises UsageError for an experiment of unknown name or an engine that is not installed;
    TimelessError if artifacts do not match the manifest, if an artifact belongs to no
    experiment or one that another experiment reads is not there, or if training is needed and
    ``--frozen`` or a missing torch forbids it.
    """
    package = importlib.import_module(site.experiments)
    names = in_order(package)
    reasons = _reasons(site, options, names)
    _refuse_to_train(reasons, options)
    _refuse_unmet(site, package, reasons)
    wanted = list(reasons)
    if wanted:
        listed = set(_recorded(site, names))
        workspace = _workspace(site, options)
        if options.quick:
            importlib.import_module("torch").set_num_threads(1)  # tiny products are faster alone
        else:
            _say(_plans(package, wanted, workspace))
        for number, name in enumerate(wanted, 1):
            _say(f"{name} ({number} of {len(wanted)})")
            _run(package, name, workspace, quick=options.quick)
            write_manifest(
                site.artifacts,
                kept=_recorded(site, wanted[number:]),
                adopt=lambda file: file in listed or _belongs(file, wanted),
            )
        _name_dependents(package, names, wanted)
    _refuse_foreign(site, names)
    return verify_manifest(site.artifacts)


def _reasons(site: Site, options: Options, names: Collection[str]) -> dict[str, str]:
    """Return the experiments that have to run, in order, each with the reason."""
    if options.quick:
        return {name: f"--quick runs {name}" for name in names}
    _refuse_unknown(options.train or (), names)
    if options.train is None:
        if (site.artifacts / MANIFEST).exists():
            verify_manifest(site.artifacts)
        return _outdated(site, names)
    reasons = {n: f"--train asks for {n}" for n in names if n in (options.train or names)}
    _refuse_damaged_others(site, reasons)
    return reasons


def _refuse_unknown(asked: Collection[str], names: Collection[str]) -> None:
    for name in asked:
        if name not in names:
            error = unknown_name("experiment", name, names)
            raise UsageError(error.problem, remedy=error.remedy)


def _outdated(site: Site, names: Collection[str]) -> dict[str, str]:
    """Return the experiments that have to run, each with the reason."""
    reasons = {name: _why_outdated(site, name) for name in names}
    return {name: reason for name, reason in reasons.items() if reason}


def _why_outdated(site: Site, name: str) -> str:
    path = site.artifacts / f"{name}.json"
    if not path.exists():
        return f"{path} is missing"
    config = importlib.import_module(site.experiments).load(name).CONFIG
    made_with = load_artifact(site.artifacts, name).config
    changed = changes(made_with, config)
    return f"{path} was made with another configuration ({', '.join(changed)})" if changed else ""


def _refuse_to_train(reasons: dict[str, str], options: Options) -> None:
    command = f"python build.py {'--quick' if options.quick else '--train ' + ' '.join(reasons)}"
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if options.frozen:
        refuse_if_any(list(reasons.values()), what="--frozen never trains", remedy=f"run {command}")
    elif missing:
        refuse_if_any(
            list(reasons.values()),
            what=f"making results needs {' and '.join(missing)}, not installed here",
            remedy=f'install it with: pip install -e ".[train]", then run: {command}',
        )


def _refuse_unmet(site: Site, package: ModuleType, wanted: Collection[str]) -> None:
    """Raise TimelessError if an experiment reads an artifact that is not there or out of date."""
    for name in wanted:
        missing = [other for other in needs(package, name) if other not in wanted]
        reasons = [reason for other in missing if (reason := _why_outdated(site, other))]
        refuse_if_any(
            reasons,
            what=f"{name} builds on {', '.join(missing)}",
            remedy=f"run python build.py --train {' '.join([*missing, name])}",
        )


def _refuse_damaged_others(site: Site, wanted: Collection[str]) -> None:
    """Raise TimelessError if a file of no experiment that is run again has changed or come.

    The manifest is about to be written anew, and must neither make damage look right nor adopt
    what nobody made.
    """
    recorded = read_manifest(site.artifacts) if (site.artifacts / MANIFEST).exists() else {}
    present = files_in(site.artifacts)
    problems = [
        f"{name} is missing or damaged"
        for name, entry in recorded.items()
        if not _belongs(name, wanted) and not _is_intact(site.artifacts / name, entry["sha256"])
    ]
    problems += [
        f"{name} is {'a link' if path.is_symlink() else 'foreign: no experiment made it'}"
        for name, path in present.items()
        if path.is_symlink() or not (name in recorded or _belongs(name, wanted))
    ]
    refuse_if_any(
        problems,
        what="other artifacts do not match the manifest",
        where=str(site.artifacts),
        remedy="restore them from version control or train them too; remove what is foreign",
    )


def _recorded(site: Site, pending: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return what the manifest says of these experiments, damage included."""
    if not pending or not (site.artifacts / MANIFEST).exists():
        return {}
    recorded = read_manifest(site.artifacts)
    return {name: entry for name, entry in recorded.items() if _belongs(name, pending)}


def _belongs(file: str, experiments: Collection[str]) -> bool:
    return any(
        file == f"{name}.json" or fnmatchcase(file, f"weights/{name}-*.safetensors")
        for name in experiments
    )


def _is_intact(path: Path, digest: str) -> bool:
    return path.is_file() and sha256(path) == digest


def _workspace(site: Site, options: Options) -> "Workspace":
    """Return where experiments train; from here on torch is needed."""
    make = importlib.import_module("timeless.running.workspace").Workspace
    workspace: Workspace = make(site.artifacts, site.runs, options.device, _engine(site, options))
    return workspace


def _engine(site: Site, options: Options) -> Engine:
    if options.engine == "local":
        return local
    refuse_without_ray()
    device_type = importlib.import_module("timeless.training.devices").device_type
    gpu = device_type(options.device) == "cuda"
    return RayEngine(site.runs.absolute(), options.ray_address, gpu)


def _plans(package: ModuleType, wanted: Collection[str], workspace: "Workspace") -> str:
    """Return a table of what is going to be trained, and how long it may take."""
    planning = importlib.import_module("timeless.running.planning")  # needs torch
    planner, plans = planning.Planner(workspace), {}
    for name in wanted:
        module = package.load(name)
        hold = getattr(module.CONFIG, "hold", None)
        runs = getattr(module, "runs", None)
        plans[name] = planner.plan(name, runs(module.CONFIG), hold) if runs else None
    return str(planning.plan_table(plans))


def _run(package: ModuleType, name: str, workspace: "Workspace", *, quick: bool) -> None:
    module = package.load(name)
    if not quick:
        save_artifact(package.runner(name)(module.CONFIG, workspace), workspace.artifacts)
        return
    if not hasattr(module, "QUICK"):
        raise TimelessError(
            "QUICK is not defined",
            where=str(module.__file__),
            remedy="give the experiment a tiny configuration (p = 13, some seconds)",
        )
    artifact = package.runner(name)(module.QUICK, workspace)
    marked = replace(artifact, provenance={**artifact.provenance, "quick": True})
    save_artifact(marked, workspace.artifacts)


def _name_dependents(package: ModuleType, names: Collection[str], made: Collection[str]) -> None:
    """Say which experiments were left alone although what they read has been made again."""
    for name in names:
        changed = [other for other in needs(package, name) if other in made]
        if changed and name not in made:
            _say(
                f"{name} was made from an earlier {', '.join(changed)}: "
                f"to renew it, run python build.py --train {name}"
            )


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 (for the person waiting)


def _refuse_foreign(site: Site, names: Collection[str]) -> None:
    foreign = [
        f"{path.name} belongs to no experiment"
        for path in sorted(site.artifacts.glob("*.json"))
        if path.name != MANIFEST and path.stem not in names
    ]
    refuse_if_any(
        foreign,
        what="artifacts and experiments differ",
        where=str(site.artifacts),
        remedy="remove the file, or write its experiment",
    )
