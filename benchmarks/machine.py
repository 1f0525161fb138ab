"""The machine that the figures were taken on: what matters for them, nothing that names it."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("fastapi", "jieba", "joblib", "numpy", "orjson", "scikit-learn", "scipy", "sqlalchemy", "uvicorn")
BYTES_PER_GB = 1024**3


@dataclass(frozen=True, slots=True)
class Machine:
    """Cores, processor, memory and software; ``busy`` is the load (processes waiting for a core) of the minute before the run."""

    cores: int
    processor: str
    memory_gb: float
    system: str
    python: str
    libraries: dict[str, str]
    busy: float


def describe(libraries: Sequence[str] = LIBRARIES) -> Machine:
    """This machine, now."""
    return Machine(
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        processor=_processor(),
        memory_gb=round(_memory() / BYTES_PER_GB, 1),
        system=platform.system(),
        python=platform.python_version(),
        libraries={name: version(name) for name in libraries},
        busy=round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else 0.0,
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _memory() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 0


def filesystem(folder: Path) -> str:
    """The kind of file system under a folder, such as ``ext4``: a commit is only as durable as that; "unknown" off Linux."""
    try:
        mounts = [line.split() for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines()]
    except OSError:
        return "unknown"
    real = folder.resolve()
    holding = [(len(point), kind) for _, point, kind, *_ in mounts if real.is_relative_to(point)]
    return max(holding)[1] if holding else "unknown"
