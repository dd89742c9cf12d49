"""Engines: what does an experiment's jobs, here or on the machines of a cluster.

An engine is called with a function and named jobs, the arguments of its calls, and yields each
job's result as it comes. Jobs do not depend on each other. `local` does them here, one after
another; `RayEngine` hands them to Ray, which schedules them, and starts a job again elsewhere
when it loses the worker: training then goes on from the last checkpoint.
"""

import importlib
import importlib.util
import os
import platform
import socket
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from timeless.errors import StoppedError, TimelessError, UsageError
from timeless.system import stopped_like_ctrl_c

_T = TypeVar("_T")
_RETRIES = 10  # of a job that loses its worker; each goes on from the last checkpoint
_ANSWER_SECONDS = 10.0  # for a connection to a cluster
_START = "start a cluster with: ray start --head, and give --ray-address what it prints"
_SAVING_SECONDS = 60.0  # how long a stopped job has to write its state


class Engine(Protocol):
    """Calls ``work(*arguments)`` for every job and yields results by name as they come."""

    def __call__(
        self, work: Callable[..., _T], jobs: Mapping[str, tuple[Any, ...]]
    ) -> Iterator[tuple[str, _T]]:
        """Yield (name, result) of every job, in any order."""
        ...


def local(work: Callable[..., _T], jobs: Mapping[str, tuple[Any, ...]]) -> Iterator[tuple[str, _T]]:
    """Yield (name, result) of every job, done here, one after another."""
    for name, arguments in jobs.items():
        yield name, work(*arguments)


@dataclass(frozen=True)
class RayEngine:
    """Does every job as a Ray task of its own, with one thread and one core, or one GPU.

    ``shared`` is the folder that the jobs write to: every worker must see it, on one machine or
    through a shared file system. Without ``address``, Ray starts on this machine alone.
    """

    shared: Path
    address: str = ""
    gpu: bool = False

    def __call__(
        self, work: Callable[..., _T], jobs: Mapping[str, tuple[Any, ...]]
    ) -> Iterator[tuple[str, _T]]:
        """Yield (name, result) of every job as it ends.

        A TimelessError of a job is raised here as it is; it is not tried again, and the other
        jobs are stopped, which makes training save its state. Raises TimelessError too if a job
        loses its worker too often or if no cluster answers, StoppedError on Ctrl-C.
        """
        ray = _connected(self.address)
        self.shared.mkdir(parents=True, exist_ok=True)
        with (
            tempfile.NamedTemporaryFile(dir=self.shared, prefix=".seen-by-workers-") as mark,
            stopped_like_ctrl_c(),
        ):
            task = ray.remote(**self._resources())(_on_worker)
            pending = {
                task.options(name=name).remote(work, arguments, Path(mark.name)): name
                for name, arguments in jobs.items()
            }
            try:
                while pending:
                    (reference,), _ = ray.wait(list(pending), num_returns=1)
                    name = pending.pop(reference)
                    yield name, _result(ray, reference, name)
            except KeyboardInterrupt:
                raise StoppedError(
                    f"stopped with {len(jobs) - len(pending)} of {len(jobs)} jobs finished; "
                    "what the others have saved is kept",
                    where=str(self.shared),
                    remedy="the same command goes on from there",
                ) from None
            finally:
                _stop(ray, list(pending))

    def _resources(self) -> dict[str, Any]:
        # One thread everywhere, so that a job's result is the same on any worker of a kind.
        threads = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}
        place: dict[str, Any] = {"num_gpus": 1} if self.gpu else {"num_cpus": 1}
        return {**place, "max_retries": _RETRIES, "runtime_env": {"env_vars": threads}}


def refuse_without_ray() -> None:
    """Raise UsageError if Ray is not installed."""
    if importlib.util.find_spec("ray") is None:
        raise UsageError(
            "--engine ray needs Ray, not installed here",
            remedy='install it with: pip install -e ".[cluster]"',
        )


def _connected(address: str) -> Any:
    """Return the module ``ray``, connected to a cluster or started on this machine."""
    refuse_without_ray()
    # Left alone, Ray reports its use to its makers, and holds progress lines back as repeats.
    for switch in ("RAY_USAGE_STATS_ENABLED", "RAY_DEDUP_LOGS"):
        os.environ.setdefault(switch, "0")
    _refuse_silent(address)
    ray = importlib.import_module("ray")
    if ray.is_initialized():
        return ray
    try:
        if address:
            ray.init(address=address, logging_level="error")
        else:
            ray.init(address="local", include_dashboard=False, logging_level="error")
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise TimelessError(
            f"no Ray answers ({str(error).splitlines()[0]})",
            where=address or "this machine",
            remedy=_START,
        ) from error
    return ray


def _refuse_silent(address: str) -> None:
    """Raise TimelessError if nobody listens at an address: Ray itself would wait without end."""
    host, _, port = address.rpartition("://")[2].rpartition(":")
    if not (host and port.isdecimal()):
        return  # this machine, or a name such as "auto", which Ray looks up
    try:
        socket.create_connection((host.strip("[]"), int(port)), _ANSWER_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise TimelessError(f"no Ray answers ({error})", where=address, remedy=_START) from error


def _on_worker(work: Callable[..., _T], arguments: tuple[Any, ...], mark: Path) -> _T:
    if not mark.exists():
        raise TimelessError(
            "this worker does not see the folder that the runs are written to",
            where=f"{mark.parent} on {platform.node()}",
            remedy="put the project on a file system that all machines share, at the same path",
        )
    return work(*arguments)


def _result(ray: Any, reference: Any, name: str) -> Any:
    """Return a finished job's result, or raise what went wrong as `local` would."""
    try:
        return ray.get(reference)
    except ray.exceptions.RayTaskError as error:
        if isinstance(error.cause, TimelessError):
            raise error.cause from None
        raise
    except ray.exceptions.RayError as error:
        raise TimelessError(
            f"lost its worker more than {_RETRIES} times ({type(error).__name__})",
            where=f"job {name}",
            remedy="see the logs of Ray; the same command goes on from the last checkpoints",
        ) from error


def _stop(ray: Any, references: list[Any]) -> None:
    """Interrupt jobs, as Ctrl-C does here, and wait until they have saved."""
    for reference in references:
        ray.cancel(reference)
    if references:
        ray.wait(references, num_returns=len(references), timeout=_SAVING_SECONDS)
