"""Who may import whom: read off the source with `ast`, and proved in a process that runs the classify path."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent
CORE = sorted((ROOT / "genre_core").rglob("*.py"))
PAGES = [*sorted((ROOT / "pages").glob("*.py")), ROOT / "app.py"]
FIGURES = sorted((ROOT / "pages" / "figures").rglob("*.py"))
LESSON_FILES = sorted((ROOT / "pages" / "lessons").rglob("*.py"))
UI = sorted((ROOT / "pages" / "ui").rglob("*.py"))

# Each layer may import itself and what stands left of it.
LAYERS = [
    {"errors", "params", "paths", "files", "damaged", "parallel", "scale", "colours", "glossary"},
    {"jobs"},
    {"audio"},
    {"features"},
    {"resynthesis", "teaching"},
    {"datasets", "models", "evaluation"},
    {"runs"},
    {"prediction"},
    {"training", "inference", "inspection", "collection", "live"},
    {"reporting"},
    {"shipped"},
    {"commands", "__main__"},
]
HEAVY = {"tensorflow", "keras", "librosa", "sklearn", "pandas", "streamlit", "plotly"}


def imported(path: Path) -> set[str]:
    """Full dotted names that a file imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def imported_at_top(path: Path) -> set[str]:
    """Packages that load when the file is imported: imports inside functions and under TYPE_CHECKING are left out."""
    roots: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            roots.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            roots.add(node.module.split(".")[0])
    return roots


def roots(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(path)}


def layer(part: str) -> int:
    return next(height for height, names in enumerate(LAYERS) if part in names)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", CORE, ids=name)
def test_core_imports_no_dashboard(path):
    assert not roots(path) & {"streamlit", "plotly", "pages", "app"}


@pytest.mark.parametrize("path", CORE, ids=name)
def test_core_imports_only_downwards(path):
    inside = path.relative_to(ROOT / "genre_core").with_suffix("").parts
    if inside[0] == "__init__":
        return
    own = layer(inside[0])
    for module in imported(path):
        parts = module.split(".")
        if (
            parts[0] == "genre_core"
            and len(parts) > 1
            and (ROOT / "genre_core" / parts[1]).with_suffix(".py").exists() | (ROOT / "genre_core" / parts[1]).is_dir()
        ):
            assert layer(parts[1]) <= own, f"{name(path)} imports {module} from a layer above it"


@pytest.mark.parametrize("path", CORE, ids=name)
def test_keras_stays_at_home(path):
    if roots(path) & {"keras", "tensorflow", "tf2onnx"}:
        inside = path.relative_to(ROOT / "genre_core")
        assert inside.parts[0] == "training" or inside.parts[:2] in {
            ("models", part) for part in ("networks", "backbones", "transfer")
        }
    assert not imported_at_top(path) & {"keras", "tensorflow", "tf2onnx"}


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_pages_hold_no_machinery(path):
    assert roots(path) <= {"__future__", "streamlit", "pages", "genre_core", "pathlib", "dataclasses", "time", "json"}


@pytest.mark.parametrize("path", LESSON_FILES, ids=name)
def test_lessons_draw_nothing_themselves(path):
    assert not imported_at_top(path) & {"plotly", "pandas", "librosa", "sklearn", "scipy"}
    assert "<style" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FIGURES, ids=name)
def test_figures_know_no_streamlit(path):
    assert not any(module == "streamlit" or module.startswith(("streamlit.", "pages.ui")) for module in imported(path))


def test_only_pages_and_the_command_line_choose_the_root():
    callers = {name(path) for path in [*CORE, *UI, *PAGES, *LESSON_FILES] if "find_root" in path.read_text(encoding="utf-8")}
    callers -= {"genre_core/paths.py"}
    assert all(caller.startswith(("genre_core/__main__", "pages/ui/", "app.py")) for caller in callers), callers


@pytest.mark.parametrize("path", [*CORE, *PAGES, *FIGURES, *UI, *LESSON_FILES], ids=name)
def test_nothing_reads_a_pickle(path):
    text = path.read_text(encoding="utf-8")
    assert not roots(path) & {"pickle", "joblib", "dill", "cloudpickle"}
    assert "allow_pickle=True" not in text


def loaded_after(code: str, *arguments: str) -> set[str]:
    """Top-level packages in `sys.modules` after a fresh process has run `code`."""
    probe = code + "\nimport sys, json\nprint(json.dumps(sorted({m.split('.')[0] for m in sys.modules})))"
    done = subprocess.run([sys.executable, "-c", probe, *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_importing_the_library_costs_nothing():
    assert not loaded_after("import genre_core") & (HEAVY | {"numpy", "scipy", "onnxruntime"})


def test_classify_path_loads_nothing_heavy(tmp_path):
    import soundfile

    song = tmp_path / "song.wav"
    soundfile.write(song, 0.1 * np.sin(2 * np.pi * 440 * np.arange(5 * 22050) / 22050), 22050)
    code = (
        "import sys\n"
        "from genre_core.paths import find_root\n"
        "from genre_core.runs import default_run\n"
        "from genre_core.inference import Predictor\n"
        "Predictor.from_run(default_run(find_root())).classify(sys.argv[1])\n"
    )
    assert not loaded_after(code, str(song)) & HEAVY


def test_app_loads_no_tensorflow():
    code = (
        "from streamlit.testing.v1 import AppTest\n"
        "app = AppTest.from_file('app.py', default_timeout=60).run()\n"
        "assert not app.exception, app.exception\n"
        "app.switch_page('pages/1_Explore.py').run()\n"
        "assert not app.exception, app.exception\n"
        "import sys\n"
        "assert 'scipy.signal' not in sys.modules\n"  # 60 MB, of which the dashboard uses nothing
    )
    assert not loaded_after(code) & {"tensorflow", "keras", "librosa"}


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_pages_are_thin_and_carry_no_css(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 220, "a page is widgets, one cached call and figures; move the rest to pages/ui"
    assert "<style" not in text
    assert "unsafe_allow_html" not in text
