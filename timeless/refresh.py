"""Refreshing: runs the experiments whose artifacts are missing, stale, or asked for again.

An artifact carries the configuration that made it. If the experiment's configuration has
changed since, the artifact is stale and is made again as a whole. This is the only place
where building starts training, and torch is imported only then, by the experiment.
"""

import importlib
import importlib.util
import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

from timeless.artifacts import load_artifact, save_artifact
from timeless.errors import UsageError, refuse_if_any
from timeless.manifest import MANIFEST, read_manifest, sha256, verify_manifest, write_manifest
from timeless.names import unknown_name
from timeless.options import Options
from timeless.site import Site
from timeless.workshop import Workshop

_NEEDED = ("torch", "tqdm")  # the extra "train" of pyproject.toml


def refresh(site: Site, options: Options) -> dict[str, dict[str, Any]]:
    """Return the verified manifest after training what has to be trained.

    The manifest is written after each experiment, so that a run that is stopped keeps what it
    has finished.

    Raises UsageError for an experiment of unknown name; TimelessError if artifacts do not match
    the manifest, if an artifact belongs to no experiment, or if training is needed and
    ``--frozen`` or a missing torch forbids it.
    """
    names = importlib.import_module(site.experiments).names()
    _refuse_unknown(options.train or (), names)
    if options.train is None:
        if (site.artifacts / MANIFEST).exists():
            verify_manifest(site.artifacts)
        reasons = _outdated(site, names)
    else:
        reasons = {n: f"--train asks for {n}" for n in names if n in (options.train or names)}
        _refuse_damaged_others(site, reasons)
    _refuse_to_train(reasons, options)
    wanted = list(reasons)
    for finished, name in enumerate(wanted, 1):
        _run(site, name, options.device)
        write_manifest(site.artifacts, kept=_recorded(site, wanted[finished:]))
    _refuse_foreign(site, names)
    return verify_manifest(site.artifacts)


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
    config = _as_json(importlib.import_module(site.experiments).load(name).CONFIG)
    made_with = dict(load_artifact(site.artifacts, name).config)
    changed = sorted(
        key for key in config.keys() | made_with.keys() if config.get(key) != made_with.get(key)
    )
    return f"{path} was made with another configuration ({', '.join(changed)})" if changed else ""


def _as_json(config: Any) -> dict[str, Any]:
    """Return a configuration as it reads back from an artifact."""
    as_dict = importlib.import_module("timeless.config").as_dict
    return dict(json.loads(json.dumps(as_dict(config))))


def _refuse_to_train(reasons: dict[str, str], options: Options) -> None:
    command = f"python build.py --train {' '.join(reasons)}"
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if options.frozen:
        refuse_if_any(list(reasons.values()), what="--frozen never trains", remedy=f"run {command}")
    elif missing:
        refuse_if_any(
            list(reasons.values()),
            what=f"making results needs {' and '.join(missing)}, not installed here",
            remedy=f'install it with: pip install -e ".[train]", then run: {command}',
        )


def _refuse_damaged_others(site: Site, wanted: Collection[str]) -> None:
    """Raise TimelessError if a file of an experiment that is not run again has changed.

    The manifest is about to be written anew, and must not make damage look right.
    """
    recorded = read_manifest(site.artifacts) if (site.artifacts / MANIFEST).exists() else {}
    refuse_if_any(
        [
            f"{name} is missing or damaged"
            for name, entry in recorded.items()
            if not _belongs(name, wanted) and not _is_intact(site.artifacts / name, entry["sha256"])
        ],
        what="other artifacts do not match the manifest",
        where=str(site.artifacts),
        remedy="restore them from version control, or train them too",
    )


def _recorded(site: Site, pending: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return what the manifest says of experiments that are still to run, damage included."""
    if not pending or not (site.artifacts / MANIFEST).exists():
        return {}
    recorded = read_manifest(site.artifacts)
    return {name: entry for name, entry in recorded.items() if _belongs(name, pending)}


def _belongs(file: str, experiments: Collection[str]) -> bool:
    return any(
        file == f"{name}.json" or file.startswith(f"weights/{name}-") for name in experiments
    )


def _is_intact(path: Path, digest: str) -> bool:
    return path.is_file() and sha256(path) == digest


def _run(site: Site, name: str, device: str) -> None:
    module = importlib.import_module(site.experiments).load(name)
    artifact = module.run(module.CONFIG, Workshop(site.artifacts, site.runs, device))
    save_artifact(artifact, site.artifacts)


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
