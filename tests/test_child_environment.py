"""Children know no secrets."""

from learning.child_environment import child_environment


def test_a_child_inherits_the_environment_without_its_secrets(monkeypatch):
    monkeypatch.setenv("DISCORD_TOKEN", "t0ken")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "s3cret")
    monkeypatch.setenv("ENCRYPTION_KEY", "k3y")
    monkeypatch.setenv("LANGUAGE_OF_MYNA", "en")

    environment = child_environment(OMP_NUM_THREADS="1")

    assert environment["LANGUAGE_OF_MYNA"] == "en"
    assert environment["OMP_NUM_THREADS"] == "1"
    assert not {"t0ken", "s3cret", "k3y"} & set(environment.values())
