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
from timeless.errors import refuse_if_any
from timeless.manifest import MANIFEST, sha256, verify_manifest, write_manifest
from timeless.names import unknown_name
from timeless.options import Options
from timeless.site import Site


def refresh(site: Site, options: Options) -> dict[str, dict[str, Any]]:
    """Return the verified manifest after training what has to be trained.

    Raises TimelessError if artifacts do not match the manifest, if an artifact belongs to no
    experiment, or if training is needed and ``--frozen`` or a missing torch forbids it.
    """
    names = importlib.import_module(site.experiments).names()
    for name in options.train or ():
        if name not in names:
            raise unknown_name("experiment", name, names)
    if options.train is None:
        if (site.artifacts / MANIFEST).exists():
            verify_manifest(site.artifacts)
        outdated = _outdated(site, names)
        _refuse_to_train(outdated, options)
        wanted = list(outdated)
    else:
        wanted = [name for name in names if name in (options.train or names)]
        _refuse_damaged_others(site, wanted)
    for name in wanted:
        _run(site, name, options.device)
    if wanted:
        write_manifest(site.artifacts)
    _refuse_foreign(site, names)
    return verify_manifest(site.artifacts)


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


def _refuse_to_train(outdated: dict[str, str], options: Options) -> None:
    command = f"python build.py --train {' '.join(outdated)}"
    if options.frozen:
        refuse_if_any(
            list(outdated.values()), what="--frozen never trains", remedy=f"run {command}"
        )
    elif importlib.util.find_spec("torch") is None:
        refuse_if_any(
            list(outdated.values()),
            what="torch is needed to make results, and is not installed",
            remedy=f'install it with: pip install -e ".[train]", then run: {command}',
        )


def _refuse_damaged_others(site: Site, wanted: Collection[str]) -> None:
    """Raise TimelessError if a file of an experiment that is not run again has changed.

    The manifest is about to be written anew, and must not make damage look right.
    """
    path = site.artifacts / MANIFEST
    recorded = json.loads(path.read_text(encoding="utf-8"))["files"] if path.exists() else {}
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


def _belongs(file: str, experiments: Collection[str]) -> bool:
    return any(
        file == f"{name}.json" or file.startswith(f"weights/{name}-") for name in experiments
    )


def _is_intact(path: Path, digest: str) -> bool:
    return path.is_file() and sha256(path) == digest


def _run(site: Site, name: str, device: str) -> None:
    module = importlib.import_module(site.experiments).load(name)
    artifact = module.run(module.CONFIG, artifacts=site.artifacts, runs=site.runs, device=device)
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
