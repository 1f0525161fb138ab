"""Settings: one table, read once, each value explained."""

from pathlib import Path

import pytest

from classifier.errors import BadInput
from service.settings import read_settings, settings_table


def test_defaults_listen_on_this_machine_only() -> None:
    settings = read_settings()
    assert settings.loopback
    assert settings.local_roles == ("intake", "review", "model")


def test_the_environment_sets_values_and_chosen_ones_win(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FENXIN_PORT", "9000")
    monkeypatch.setenv("FENXIN_LOCAL_ROLES", "intake, review,discipline")
    monkeypatch.setenv("FENXIN_COUNTY", "tables")
    settings = read_settings()
    assert (settings.port, settings.county) == (9000, Path("tables"))
    assert settings.local_roles == ("intake", "review", "discipline")
    assert read_settings(port=9001).port == 9001


@pytest.mark.parametrize(("name", "value"), [("FENXIN_PORT", "eighty"), ("FENXIN_PORT", "70000"), ("FENXIN_BODY_LIMIT", "-1")])
def test_a_wrong_value_names_its_variable(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadInput, match=name):
        read_settings()


@pytest.mark.parametrize("name", ["FENXIN_DATABSE_URL", "FENXIN_MODEL", "FENXIN_API_KEY_FILE"])
def test_a_misspelt_variable_is_refused_with_the_right_name(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "x")
    with pytest.raises(BadInput, match=f"{name}: is no setting; FENXIN_"):
        read_settings()


def test_variables_that_others_set_for_themselves_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FENXIN_SERVICE_HOST", "FENXIN_PORT_8000_TCP_ADDR", "FENXIN_HOME", "FENXIN_TEST_POSTGRES"):
        monkeypatch.setenv(name, "x")
    assert read_settings().port == 8000


def test_every_setting_is_explained() -> None:
    assert all(meaning.endswith(".") for _, _, meaning in settings_table())


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost"])
def test_loopback_hosts_are_known(host: str) -> None:
    assert read_settings(host=host).loopback


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.5", "example.test", ""])
def test_any_other_host_is_open_to_others(host: str) -> None:
    assert not read_settings(host=host).loopback
