"""docs/deploy: Myna runs as nobody in particular, and may do nothing but its work."""

import configparser
import re
import shutil
import subprocess
import tomllib

import pytest

from tests.crash_steps import ROOT

DEPLOY = ROOT / "docs" / "deploy"
HARDENED = {
    "DynamicUser": "yes",
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "AmbientCapabilities": "",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "ProtectKernelModules": "yes",
    "ProtectKernelLogs": "yes",
    "ProtectControlGroups": "yes",
    "ProtectProc": "invisible",
    "RestrictAddressFamilies": "AF_UNIX AF_INET AF_INET6",
    "RestrictNamespaces": "yes",
    "RestrictSUIDSGID": "yes",
    "LockPersonality": "yes",
    "SystemCallFilter": "@system-service",
    "SystemCallArchitectures": "native",
    "UMask": "0077",
    "StateDirectoryMode": "0700",
}
SECRET = re.compile(r"(?:TOKEN|SECRET|KEY)\s*[=:]", re.IGNORECASE)


def service():
    unit = configparser.ConfigParser(interpolation=None, strict=True)
    unit.optionxform = str
    unit.read(DEPLOY / "myna.service")
    return dict(unit["Service"])


def test_the_service_runs_with_least_privileges():
    assert {name: service().get(name) for name in HARDENED} == HARDENED


def test_systemd_understands_the_service(tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd here")
    text = (DEPLOY / "myna.service").read_text("utf-8")
    unit = tmp_path / "myna.service"
    unit.write_text(text.replace("/opt/myna/.venv/bin/myna", "/bin/true"))

    done = subprocess.run(
        ["systemd-analyze", "verify", unit],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )

    assert "myna.service" not in done.stderr, done.stderr


def test_the_container_runs_with_least_privileges():
    compose = (DEPLOY / "compose.yaml").read_text("utf-8")
    for line in (
        'user: "10001:10001"',
        "read_only: true",
        "cap_drop: [ALL]",
        'security_opt: ["no-new-privileges:true"]',
        "pids_limit:",
        "mem_limit:",
    ):
        assert f"\n    {line}" in compose

    final = (DEPLOY / "Dockerfile").read_text("utf-8").split("\nFROM ")[-1]
    assert "\nUSER 10001:10001\n" in final
    assert final.index("USER") < final.index("ENTRYPOINT")
    assert "\n    ports:" not in compose


def test_no_secret_is_built_in():
    for path in DEPLOY.iterdir():
        assert not SECRET.search(path.read_text("utf-8")), path.name


def test_everything_in_the_image_is_pinned():
    lines = (DEPLOY / "Dockerfile").read_text("utf-8").splitlines()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    [torch] = project["tool"]["uv"]["constraint-dependencies"]

    assert f"ARG TORCH_VERSION={torch.removeprefix('torch==')}" in lines
    for line in lines:
        if "-r requirements" in line:
            assert "--require-hashes" in line


def test_every_package_is_in_the_image():
    text = (DEPLOY / "Dockerfile").read_text("utf-8")

    for package in ("bot", "learning", "moderation", "storage"):
        assert f"COPY {package} {package}\n" in text
