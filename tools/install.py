"""Installs what a target needs, and nothing when that is done: each step is stamped with the hash of its inputs.

    python3 tools/install.py run | test | browser

Runs on any Python 3.11 or newer without packages; make calls it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
STAMPS = CHECKOUT / ".make"
VENV = CHECKOUT / ".venv"
FRONTEND = CHECKOUT / "frontend"
REQUIREMENTS = CHECKOUT / "requirements"
OLDEST_NODE = (20, 19)


class Failed(Exception):
    """A step cannot be done; the text says what to do."""


def digest(paths: Iterable[Path], *extra: str) -> str:
    found = hashlib.sha256("\0".join(extra).encode())
    for path in sorted(paths):
        found.update(str(path.relative_to(CHECKOUT)).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def once(step: str, inputs: str, result: Path, action: Callable[[], None]) -> None:
    """Do the action unless it was done with these inputs and its result is still there."""
    stamp = STAMPS / step
    if result.exists() and stamp.exists() and stamp.read_text() == inputs:
        return
    stamp.unlink(missing_ok=True)
    began = time.monotonic()
    print(f"make: {step} …", flush=True)
    action()
    stamp.write_text(inputs)
    print(f"make: {step} done in {time.monotonic() - began:.0f} s", flush=True)


def call(arguments: list[str], *, environment: Mapping[str, str] | None = None) -> None:
    """Run quietly; on failure show what it said. Raises Failed."""
    done = subprocess.run(
        arguments,
        cwd=CHECKOUT,
        env=dict(environment) if environment is not None else None,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stdout[-6000:], flush=True)
        raise Failed(f"{' '.join(arguments[:4])} … failed, see above")


def pip(*arguments: str) -> None:
    quiet = ["--disable-pip-version-check", "--no-input", "--quiet", "--no-warn-script-location"]
    call([str(VENV / "bin" / "python"), "-m", "pip", "install", *quiet, *arguments])


def make_venv() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036 (this file runs before anything is checked)
        raise Failed(
            f"Kesher needs Python 3.11 or newer; {sys.executable} is {sys.version.split()[0]}."
        )
    call([sys.executable, "-m", "venv", "--clear", str(VENV)])


def install_python(kind: str) -> None:
    """`kind` is base or dev; dev holds base."""
    once("python", f"{sys.version} {CHECKOUT}", VENV / "bin" / "python", make_venv)
    base = digest([REQUIREMENTS / "base.txt"])
    dev = digest([REQUIREMENTS / "dev.txt"])
    made = VENV / "pyvenv.cfg"
    newest = (STAMPS / "python").stat().st_mtime
    for stamp in (STAMPS / "base", STAMPS / "dev", STAMPS / "kesher"):
        if stamp.exists() and stamp.stat().st_mtime < newest:
            stamp.unlink()
    if kind == "dev":
        once("dev", dev, made, lambda: pip("--require-hashes", "-r", "requirements/dev.txt"))
        (STAMPS / "base").write_text(base)
    else:
        once("base", base, made, lambda: pip("--require-hashes", "-r", "requirements/base.txt"))
    editable = ["--no-deps", "--no-build-isolation", "--no-index", "-e", "."]
    once(
        "kesher",
        digest([CHECKOUT / "pyproject.toml"]),
        VENV / "bin" / "kesher",
        lambda: pip(*editable),
    )


def node_environment() -> dict[str, str]:
    """The environment in which npm and node are new enough: the machine's own, else from a wheel."""
    path = f"{VENV / 'bin'}:{os.environ.get('PATH', '')}"
    own = {**os.environ, "PATH": path}
    if not _node_works(own):
        inputs = digest([REQUIREMENTS / "node.txt"])
        wheel = VENV / "bin" / "node"
        once("node", inputs, wheel, lambda: pip("--require-hashes", "-r", "requirements/node.txt"))
        if not _node_works(own):
            raise Failed("Node.js 20.19 or newer is needed to build the front end: install it.")
    return {**own, "npm_config_update_notifier": "false", "npm_config_fund": "false"}


def _node_works(environment: Mapping[str, str]) -> bool:
    node = shutil.which("node", path=environment["PATH"])
    if node is None or shutil.which("npm", path=environment["PATH"]) is None:
        return False
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", told)
    return bool(found) and tuple(map(int, found.groups())) >= OLDEST_NODE


def install_node_modules(environment: Mapping[str, str]) -> None:
    inputs = digest([FRONTEND / "package.json", FRONTEND / "package-lock.json"])
    command = ["npm", "--prefix", "frontend", "ci", "--no-audit", "--loglevel=error"]
    modules = FRONTEND / "node_modules" / ".package-lock.json"
    once("node_modules", inputs, modules, lambda: call(command, environment=environment))


def frontend_sources() -> list[Path]:
    kept = []
    for folder, folders, names in os.walk(FRONTEND):  # never into node_modules: that takes seconds
        folders[:] = [name for name in folders if name not in {"node_modules", "dist"}]
        kept += [Path(folder) / name for name in names]
    # What the styles are cut down by: the classes that templates and Python use.
    kept += (CHECKOUT / "src").rglob("*.html")
    return kept


def build_frontend() -> None:
    manifest = FRONTEND / "dist" / "manifest.json"
    inputs = digest(frontend_sources())
    stamp = STAMPS / "frontend"
    if manifest.exists() and stamp.exists() and stamp.read_text() == inputs:
        return
    environment = node_environment()
    install_node_modules(environment)
    command = ["npm", "--prefix", "frontend", "run", "build", "--silent"]
    once("frontend", inputs, manifest, lambda: call(command, environment=environment))


def find_chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    given = os.environ.get("KESHER_CHROMIUM")
    return given or next((found for name in names if (found := shutil.which(name))), None)


def install_browser() -> None:
    """Sets .make/chromium to a browser's path. Raises Failed: tests that need it must not be skipped silently."""
    note = STAMPS / "chromium"
    found = find_chromium()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        print("make: chromium …", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        call(["apt-get", "update", "-qq"], environment=environment)
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
        call(install, environment=environment)
        found = find_chromium()
    found = found or _playwrights_own()
    if found is None:
        raise Failed(
            "The tests marked `browser` cannot run: no Chromium was found and none could be installed."
            " Install chromium, or name one: KESHER_CHROMIUM=/path/to/chrome"
        )
    note.write_text(found)


def _playwrights_own() -> str | None:
    python = str(VENV / "bin" / "python")
    ask = (
        "from playwright.sync_api import sync_playwright as s\n"
        "with s() as p: print(p.chromium.executable_path)"
    )
    for attempt in range(2):
        told = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=False)
        path = told.stdout.strip()
        if path and Path(path).exists():
            return path
        if attempt == 0:
            print("make: playwright's chromium …", flush=True)
            install = [python, "-m", "playwright", "install", "chromium"]
            subprocess.run(install, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return None


def main(target: str) -> int:
    STAMPS.mkdir(exist_ok=True)
    try:
        with (STAMPS / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            match target:
                case "run":
                    install_python("base")
                    build_frontend()
                case "test":
                    install_python("dev")
                    install_node_modules(node_environment())
                    build_frontend()
                case "browser":
                    install_browser()
                case _:
                    print(__doc__)
                    return 2
    except Failed as error:
        print(f"make: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
