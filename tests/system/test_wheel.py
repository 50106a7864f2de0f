"""The wheel alone: everything that is needed at work is in it, and it runs away from the checkout."""

import json
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = [pytest.mark.wheel, pytest.mark.xdist_group("wheel")]

ROOT = Path(__file__).parents[2]
CONTENT = ("templates", "campaigns")
NEEDED = (".py", ".po", ".css", ".js", ".svg", ".woff2")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


def _files(folder: Path) -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_every_template_campaign_and_module_is_in_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())

    content = {f"social_bot/_assets/{file}" for name in CONTENT for file in _files(ROOT / name)}
    modules = {file for file in _files(ROOT / "social_bot") if file.endswith(NEEDED)}

    assert len(content) > 200
    assert len(modules) > 100
    assert content | modules <= packed


def test_nothing_else_is_in_the_wheel(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}

    assert {top.split("-")[0] for top in tops} == {"social_bot"}
    assert len(tops) == 2  # the package and its metadata


def test_the_installed_wheel_runs_the_whole_story(wheel: Path, tmp_path: Path, models_cache: Path) -> None:
    home = tmp_path / "venv"
    venv.create(home, with_pip=False)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(home), "platbase": str(home)}))
    with zipfile.ZipFile(wheel) as archive:  # what an installer does with a pure wheel
        archive.extractall(site)
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")

    run = subprocess.run(
        [
            home / "bin" / "python",
            "-m",
            "social_bot",
            "demo",
            "--once",
            "--keep",
            tmp_path / "kept",
            "--json",
        ],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "SOCIAL_BOT_CACHE_DIR": str(models_cache)},
        capture_output=True,
        text=True,
        check=False,
    )
    where = subprocess.run(
        [home / "bin" / "python", "-c", "import social_bot; print(social_bot.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    assert Path(where.stdout.strip()).is_relative_to(site)
    assert run.returncode == 0, run.stderr
    counts = json.loads(run.stdout)
    assert counts["posts_published"] > 0
