"""What a start loads: each in a process of its own, for whatever another test imported would be there already."""

import os
import subprocess
import sys
from pathlib import Path

from classifier import kernels

ROOT = Path(__file__).parent.parent
LEARNS = {"sklearn", "scipy.stats", "scipy.special", "scipy.sparse", "scipy.linalg", "jieba", "pandas"}
COMPUTES = {"numba", "llvmlite", "scipy", "joblib", "holidays", "opencc"}
SERVES = {"jinja2", "uvicorn", "alembic", "typer", "sqlalchemy.dialects.postgresql"}


def loaded(heavy: set[str], code: str, *arguments: str) -> set[str]:
    """Which of the heavy modules a program has imported by its end."""
    code = f"import sys\n{code}\nprint(*({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_asking_for_help_loads_nothing_heavy():
    heavy = {"numpy", "fastapi", "sqlalchemy"} | LEARNS | COMPUTES
    assert loaded(heavy, "import service.cli") == set()


def test_the_service_is_imported_without_what_only_work_needs():
    assert loaded(LEARNS | COMPUTES | SERVES, "import service.app") == set()


def test_kernels_are_imported_without_their_compiler():
    names = [f"classifier.kernels.{file.stem}" for file in Path(kernels.__file__).parent.glob("[a-z]*.py")]
    assert len(names) > 5
    assert loaded({"numba", "llvmlite"}, f"import {', '.join(names)}, classifier.grouping.profiling") == set()


def test_whoever_only_answers_does_not_load_what_learns(models_dir: Path):
    code = """
from datetime import date
from pathlib import Path
from classifier.assess import load_assessor
from classifier.letter import Letter
import service.app
load_assessor(Path(sys.argv[1])).assess(Letter("1", "包工头拖欠工资三万元，请求处理。"), today=date(2026, 11, 22))"""
    assert loaded(LEARNS, code, str(models_dir)) == set()


def test_machine_code_kept_from_before_needs_none_of_the_compilers_tables(tmp_path: Path):
    code = """
import os
os.environ["NUMBA_CACHE_DIR"] = sys.argv[1]
from classifier.kernels.characters import is_han
assert [is_han(ord("征")), is_han(ord("a"))] == [True, False]"""
    tables = {"numba.np.random.legacy", "numba.typed.dictimpl"}
    assert loaded(tables, code, str(tmp_path)) == tables  # compiled
    assert loaded(tables, code, str(tmp_path)) == set()


def test_a_minute_of_compiling_is_announced_once_and_only_when_it_is_spent(tmp_path: Path):
    code = "from classifier.kernels.characters import is_gap, is_han\nis_han(1), is_gap(1)"
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    said = [
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stderr
        for _ in range(2)
    ]
    assert said[0].count("compiling machine code") == 1 and said[1] == ""
