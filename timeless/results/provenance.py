"""Provenance: which code, libraries and machine made a result."""

import platform
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from timeless import __version__


def workplace(device: str, threads: int) -> dict[str, Any]:
    """Return the record of the code, the libraries and the machine that train from now on."""
    return {
        **_versions(),
        "torch_version": _installed("torch"),
        "device": device,
        "device_name": device_name(device),
        "threads": threads,
    }


def provenance(
    trained: Mapping[str, Any], *, seconds: float, seeds: Sequence[int]
) -> dict[str, Any]:
    """Return what an artifact records of its making.

    ``trained`` is the `workplace` of the training, ``seconds`` the time spent on it. The
    analysis of the checkpoints, which may come later, is recorded apart, as of now.
    """
    return {
        **trained,
        "seconds": round(seconds, 1),
        "seeds": list(seeds),
        "analysis": _versions(),
    }


def _versions() -> dict[str, str]:
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "code_version": code_version(),
        "python_version": platform.python_version(),
        "numpy_version": _installed("numpy"),
    }


def code_version() -> str:
    """Return the package version and, in a checkout, the commit; "+changes" if files differ."""
    commit = _git("rev-parse", "--short=12", "HEAD")
    if not commit:
        return __version__
    changed = "+changes" if _git("status", "--porcelain", "--", "timeless") else ""
    return f"{__version__} ({commit}{changed})"


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 (fixed arguments)
            ["git", *arguments],  # noqa: S607 (found on PATH, as anywhere)
            cwd=Path(__file__).parent.parent,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def device_name(device: str) -> str:
    """Return the name of the processor or accelerator behind a torch device type."""
    if device == "cuda":
        import torch  # noqa: PLC0415 (pages read this module without torch)

        return torch.cuda.get_device_name()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
