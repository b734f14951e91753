"""Tests that the data directory is private, safe to name things in, and owned once."""

import errno
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from learning.errors import (
    DataDirectoryError,
    DataDirectoryLockedError,
    DiskFullError,
)
from storage.data_directory import explained, folder_name, locked, prepare

ROOT = Path(__file__).resolve().parent.parent

OWNER = """
import os, sys
from pathlib import Path
from storage.data_directory import locked, prepare

with locked(prepare(Path(sys.argv[1]))):
    if os.fork() == 0:
        sys.stdin.read()
        os._exit(0)
    print(os.getpid(), flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def owner(tmp_path):
    """Another process that owns the directory and has a child of its own."""
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path / "data")],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        process.stdout.readline()
        yield process
        process.kill()


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_everything_is_made_for_its_owner_only(tmp_path):
    directory = prepare(tmp_path / "some" / "where" / "data")

    for folder in (
        directory.root,
        directory.runs,
        directory.adapters,
        directory.models,
        directory.backups,
    ):
        assert mode(folder) == 0o700


def test_preparing_again_keeps_what_is_there(tmp_path):
    directory = prepare(tmp_path / "data")
    directory.database.touch()

    assert prepare(tmp_path / "data") == directory
    assert directory.database.exists()


def test_everything_lies_under_the_root(tmp_path):
    directory = prepare(tmp_path / "data")
    folder = directory.adapter("guild", 3)

    assert directory.run("r1") == directory.root / "runs" / "r1"
    assert directory.socket == directory.root / "myna.sock"
    assert (folder.name, folder.parent.parent) == ("3", directory.adapters)


def test_a_directory_that_cannot_be_made_is_named_with_what_to_do(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(DataDirectoryError, match=r"Cannot use .*file.*--data-dir"):
        prepare(tmp_path / "file")
    with pytest.raises(DataDirectoryError, match="--data-dir"):
        prepare(tmp_path / "file" / "data")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_directory_that_cannot_be_written_is_named(tmp_path):
    directory = prepare(tmp_path / "data")
    directory.root.chmod(0o500)

    with (
        pytest.raises(DataDirectoryError, match="Permission denied"),
        locked(directory),
    ):
        pass


def test_a_full_disk_is_said_so(tmp_path):
    directory = prepare(tmp_path / "data")

    with (
        pytest.raises(DiskFullError, match="free some space"),
        explained(directory),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_the_lock_can_be_taken_again_once_it_is_released(tmp_path):
    directory = prepare(tmp_path / "data")

    for _ in range(2):
        with locked(directory):
            assert directory.lock.read_text() == f"{os.getpid()}\n"
    assert mode(directory.lock) == 0o600


def test_a_second_process_is_told_which_one_owns_the_directory(tmp_path, owner):
    directory = prepare(tmp_path / "data")

    with (
        pytest.raises(DataDirectoryLockedError, match=rf"process {owner.pid}\b"),
        locked(directory),
    ):
        pass


def test_a_killed_owner_frees_the_lock_though_its_child_lives_on(tmp_path, owner):
    owner.send_signal(signal.SIGKILL)
    os.waitid(os.P_PID, owner.pid, os.WEXITED | os.WNOWAIT)

    with locked(prepare(tmp_path / "data")):
        pass


@pytest.mark.parametrize(
    "server",
    ["dm:42", "../x", "/etc", "", ".", "a/b", "ünï", "x" * 999, "a\0b", "CON", "-rf"],
)
def test_any_server_id_makes_a_safe_folder_name(server):
    name = folder_name(server)

    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert name[0] != "-"
    assert 16 <= len(name) <= 64


def test_no_two_servers_share_a_folder():
    servers = ["a", "A", "a-", "a:", "a/", "dm:a", "dm-a", folder_name("a"), "../a"]

    assert len({folder_name(server).lower() for server in servers}) == len(servers)


def test_a_folder_can_be_recognised_by_people():
    assert folder_name("dm:42").startswith("dm-42-")
