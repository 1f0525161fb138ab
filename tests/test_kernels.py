"""Machine code is kept between runs, and only as long as nothing it was made of has changed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "classifier" / "kernels"


def test_code_kept_from_before_is_made_anew_when_another_file_of_its_folder_changed(tmp_path: Path):
    package = tmp_path / "classifier" / "kernels"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").touch()
    (package / "__init__.py").write_text((FOLDER / "__init__.py").read_text(encoding="utf-8"), encoding="utf-8")
    head = "from classifier.kernels import kernel\n"
    (package / "outer.py").write_text(
        f"{head}from classifier.kernels.inner import inner\n\n@kernel\ndef outer(x):\n    return inner(x) + 1\n", encoding="utf-8"
    )
    said = []
    for added in (10, 200):
        (package / "inner.py").write_text(f"{head}\n@kernel\ndef inner(x):\n    return x + {added}\n", encoding="utf-8")
        code = "from classifier.kernels.outer import outer\nprint(outer(0), sum(outer.compiled.stats.cache_hits.values()))"
        for _ in range(2):
            command, environment = [sys.executable, "-c", code], {"PATH": os.defpath}
            done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=True)
            said.append(done.stdout.split())
    assert said == [[b"11", b"0"], [b"11", b"1"], [b"201", b"0"], [b"201", b"1"]]
