"""Asks which of the locked libraries have known holes; without a network it says so.

`python -m tests.audit` gets pip-audit into a folder of its own, because it brings more
libraries than everything it would be installed beside needs.
"""

import json
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PIP_AUDIT = "pip-audit==2.10.1"
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-models.lock")
PATIENCE_SECONDS = 600


def main():
    with tempfile.TemporaryDirectory() as folder:
        said = audited(Path(folder))
    code, sentences = judged(said)
    print("\n".join(sentences))  # noqa: T201
    return code


def audited(folder):
    """Return what pip-audit said as JSON; an empty text where it could not be asked."""
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    if not _done([python, "-m", "pip", "install", "--quiet", PIP_AUDIT]):
        return ""
    torch = folder / "torch.txt"
    torch.write_text("\n".join(torch_pin()))  # it is in no lock: see the Makefile
    files = [*(ROOT / lock for lock in LOCKS), torch]
    asked = [f"--requirement={file}" for file in files]
    quiet = ("--format=json", "--progress-spinner=off", "--disable-pip", "--no-deps")
    done = subprocess.run(
        [python, "-m", "pip_audit", *quiet, *asked],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    return done.stdout


def judged(said):
    """Return the exit code, and what to tell people, of what pip-audit said."""
    try:
        libraries = json.loads(said)["dependencies"]
    except (ValueError, KeyError):
        return 0, ["Skipped: the list of known holes cannot be asked from here."]
    holes = [
        f"{each['name']} {each['version']}: {hole['id']},"
        f" mended in {', '.join(hole['fix_versions']) or 'no version yet'}"
        for each in libraries
        for hole in each.get("vulns", ())
    ]
    if holes:
        return 1, holes
    return 0, [f"No known hole in {len(libraries)} libraries."]


def torch_pin():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return project["tool"]["uv"]["constraint-dependencies"]


def _done(command):
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=PATIENCE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
