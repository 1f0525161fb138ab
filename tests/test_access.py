"""Access: keys are known by digest, roles decide, sessions cannot be forged."""

from pathlib import Path

import pytest

from classifier.errors import BadDataFile, Forbidden
from service.access import Caller, Doorkeeper, Unknown, key_digest, new_key, read_keys

HEADER = "prefix,sha256,officer,roles\n"


def _doorkeeper(path: Path, officer: str = "张某", roles: str = "intake") -> tuple[Doorkeeper, str]:
    key, row = new_key(officer, frozenset(roles.split()))
    path.write_text(HEADER + row + "\n", "utf-8")
    return Doorkeeper(read_keys(path)), key


def test_a_key_is_recognised_and_never_stored(tmp_path: Path) -> None:
    doorkeeper, key = _doorkeeper(tmp_path / "keys.csv", roles="intake review")
    assert doorkeeper.recognise(key) == Caller("张某", frozenset({"intake", "review"}))
    assert key not in (tmp_path / "keys.csv").read_text("utf-8")


def test_any_other_key_is_refused(tmp_path: Path) -> None:
    doorkeeper, key = _doorkeeper(tmp_path / "keys.csv")
    for other in (key[:-1], f"{key}x", "", None, "钥匙_", key.upper()):
        with pytest.raises(Unknown):
            doorkeeper.recognise(other)


def test_a_role_that_is_missing_is_named() -> None:
    with pytest.raises(Forbidden, match="检举控告专办"):
        Caller("张某", frozenset({"review"})).must("discipline")


def test_a_session_ends_with_its_time_and_with_its_key(tmp_path: Path) -> None:
    doorkeeper, key = _doorkeeper(tmp_path / "keys.csv")
    session = doorkeeper.session(key, until=1000)
    assert doorkeeper.resume(session, now=1000).officer == "张某"
    with pytest.raises(Unknown):
        doorkeeper.resume(session, now=1001)
    with pytest.raises(Unknown):
        Doorkeeper({}, secret=doorkeeper.secret).resume(session, now=1)


@pytest.mark.parametrize("forge", ["{p}.9999.{s}", "{p}.1000.", "{p}.١٠٠٠.{s}", "{p}.-1.{s}", "..", "", "印", "{p}.1000.印"])
def test_a_session_cannot_be_forged(tmp_path: Path, forge: str) -> None:
    doorkeeper, key = _doorkeeper(tmp_path / "keys.csv")
    prefix, _, seal = doorkeeper.session(key, until=1000).split(".")
    with pytest.raises(Unknown):
        doorkeeper.resume(forge.format(p=prefix, s=seal), now=1)


def test_whoever_reads_the_key_file_cannot_make_a_session(tmp_path: Path) -> None:
    doorkeeper, key = _doorkeeper(tmp_path / "keys.csv")
    other = Doorkeeper(doorkeeper.keys)  # same file, another start
    with pytest.raises(Unknown):
        doorkeeper.resume(other.session(key, until=1000), now=1)


@pytest.mark.parametrize(
    ("rows", "where"),
    [
        ("", r"keys\.csv"),
        (f"fx1,{'g' * 64},张某,intake\n", r"keys\.csv:2.*sha256"),
        (f"fx1,{'a' * 64},,intake\n", r"keys\.csv:2.*officer"),
        (f"fx1,{'a' * 64},张某,boss\n", r"keys\.csv:2.*roles"),
        (f"fx1,{'a' * 64},张某,\n", r"keys\.csv:2.*roles"),
        (f"fx1,{'a' * 64},张某,intake\nfx1,{'b' * 64},李某,review\n", r"keys\.csv:3.*前缀重复"),
    ],
)
def test_a_wrong_key_file_names_file_and_line(tmp_path: Path, rows: str, where: str) -> None:
    path = tmp_path / "keys.csv"
    path.write_text(HEADER + rows, "utf-8")
    with pytest.raises(BadDataFile, match=where):
        read_keys(path)


def test_a_key_may_be_bound_to_departments(tmp_path: Path) -> None:
    path = tmp_path / "keys.csv"
    (key, row), (free, other) = (
        new_key("王某", frozenset({"receiver"}), frozenset({"RSJ", "ZJJ"})),
        new_key("李某", frozenset({"receiver"})),
    )
    path.write_text(f"{HEADER.strip()},departments\n{row}\n{other}\n", "utf-8")
    doorkeeper = Doorkeeper(read_keys(path))
    doorkeeper.recognise(key).must_speak_for("RSJ")
    doorkeeper.recognise(free).must_speak_for("GAJ")
    with pytest.raises(Forbidden, match="RSJ、ZJJ"):
        doorkeeper.recognise(key).must_speak_for("GAJ")


def test_a_key_for_certain_departments_is_never_read_as_one_for_all(tmp_path: Path) -> None:
    path = tmp_path / "keys.csv"
    path.write_text(HEADER + new_key("王某", frozenset({"receiver"}), frozenset({"RSJ"}))[1] + "\n", "utf-8")
    with pytest.raises(BadDataFile, match=r"keys\.csv:2.*departments"):
        read_keys(path)


def test_a_missing_or_headless_key_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadDataFile, match=r"none\.csv: .*No such file"):
        read_keys(tmp_path / "none.csv")
    (tmp_path / "keys.csv").write_bytes("张某".encode("gb18030"))
    with pytest.raises(BadDataFile, match=r"keys\.csv: .*UTF-8"):
        read_keys(tmp_path / "keys.csv")
    (tmp_path / "keys.csv").write_text(f"fx1,{key_digest('k')},张某,intake\n", "utf-8")
    with pytest.raises(BadDataFile, match=r"keys\.csv:1.*表头"):
        read_keys(tmp_path / "keys.csv")
