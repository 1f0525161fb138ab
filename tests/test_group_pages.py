"""Group pages: complete without JavaScript, everything escaped, every decision by a form with its token."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from matters import TELL, file, groups, letter, members, open_office

from classifier.assess import Assessor
from service.curve import curve_of
from service.group_listing import Day

HTML = {"Accept": "text/html"}
HOSTILE = '<script>alert(1)</script> {{ 7*7 }} "><img src=x onerror=alert(1)> 澜悦江湾二期停工'


@pytest.fixture
def client(tmp_path: Path, assessor: Assessor) -> Iterator[TestClient]:
    with open_office(tmp_path, assessor) as opened:
        opened.get("/", headers=HTML)
        file(opened, *(letter(n) for n in range(5)))
        yield opened


def _send(client: TestClient, path: str, **fields: str) -> Any:
    data = {"token": str(client.cookies["fenxin_form"])} | fields
    return client.post(path, data=data, headers=HTML, follow_redirects=False)


def _group(client: TestClient) -> str:
    return str(groups(client)[0]["id"])


def _page(client: TestClient, path: str) -> str:
    answer = client.get(path, headers=HTML)
    assert answer.status_code == 200
    return str(answer.text)


def test_a_group_is_listed_with_its_curve_and_shown_with_the_evidence_marked(client: TestClient) -> None:
    group = _group(client)
    listed = _page(client, "/groups")
    assert f"/groups/{group}" in listed
    assert "<polyline" in listed
    page = _page(client, f"/groups/{group}")
    for words in ("各件及依据", "同一事项", "<mark>", "增长曲线", "不同来信人", "分出所选", "不是同一事项"):
        assert words in page


def test_a_letters_page_shows_what_it_is_connected_with(client: TestClient) -> None:
    page = _page(client, "/letters/澜悦江湾二期-1")
    assert "关联信访件" in page
    assert f"/groups/{_group(client)}" in page
    assert "/letters/%E6%BE%9C%E6%82%A6%E6%B1%9F%E6%B9%BE%E4%BA%8C%E6%9C%9F-" in page


def test_a_repeat_is_shown_as_a_reason_to_look_afresh(client: TestClient) -> None:
    file(client, letter(5, sender=letter(0)["sender"]))
    page = _page(client, "/letters/澜悦江湾二期-5")
    assert "同一来信人曾就此事来信" in page
    assert "再次来信不影响办理" in page


def test_five_senders_are_announced_above_the_review_queue_until_somebody_decides(client: TestClient) -> None:
    assert "1 个群体件" in _page(client, "/review")
    assert _send(client, f"/groups/{_group(client)}/confirm", seen="0").status_code == 303
    assert "个群体件" not in _page(client, "/review")


def test_an_officer_confirms_splits_merges_and_dismisses_by_forms(client: TestClient) -> None:
    group = _group(client)
    path = f"/groups/{group}"
    assert _send(client, f"{path}/confirm", department="ZJJ", reason="同一楼盘", seen="0").headers["location"] == path
    split = _send(client, f"{path}/split", **{"pick:澜悦江湾二期-1": "on", "reason": "另一期", "seen": "1"})
    assert split.status_code == 303
    assert members(client, group) == {f"澜悦江湾二期-{n}" for n in (0, 2, 3, 4)}
    other = next(one["id"] for one in groups(client) if one["id"] != group)
    assert _send(client, f"{path}/merge", other=other.lower(), reason="核实为同一期").status_code == 303
    assert len(members(client, group)) == 5
    assert _send(client, f"{path}/dismiss", reason="误并").status_code == 303
    page = _page(client, path)
    assert page.count("本机经办人，") == 4
    for words in ("同一楼盘", "另一期", "核实为同一期", "误并", "已否定"):
        assert words in page


def test_an_old_view_a_missing_reason_and_a_made_up_verb_are_told_as_pages(client: TestClient) -> None:
    path = f"/groups/{_group(client)}"
    assert _send(client, f"{path}/dismiss", seen="0").status_code == 422
    assert _send(client, f"{path}/dismiss", reason="x", seen="7").status_code == 409
    assert _send(client, f"{path}/organise", reason="x").status_code == 404
    assert client.post(f"{path}/dismiss", data={"token": "wrong", "reason": "x"}, headers=HTML).status_code == 403
    assert groups(client)[0]["state"] == "candidate"


def test_letters_are_shown_as_text_whatever_they_contain(client: TestClient) -> None:
    file(client, letter(6, title=HOSTILE, text=TELL[0].format(place="澜悦江湾二期") + HOSTILE))
    for path in (f"/groups/{_group(client)}", "/groups", "/letters/澜悦江湾二期-6", "/letters/澜悦江湾二期-0"):
        page = _page(client, path)
        assert "<script>alert" not in page
        assert "<img" not in page


@pytest.mark.parametrize("path", ["/groups", "/groups/G-1"])
def test_every_page_of_groups_has_title_labels_and_nothing_inline(client: TestClient, path: str) -> None:
    page = _page(client, path)
    assert re.search(r"<title>.+ · 分信</title>", page)
    assert page.count("<h1") == 1
    assert not re.search(r"\son\w+=|style=|<style|javascript:|https?://", page)
    fields = re.findall(r'<(?:input(?! type="(?:hidden|checkbox)")|select|textarea)\b[^>]*\bid="([^"]+)"', page)
    assert fields
    assert set(fields) <= set(re.findall(r'<label for="([^"]+)"', page))


def test_the_curve_rises_to_the_upper_edge_and_marks_the_levels_inside() -> None:
    curve = curve_of([Day("2026-03-01", 1, 1), Day("2026-03-03", 4, 3)], width=100, height=50, levels=[3, 5])
    assert (curve.letters.split()[0], curve.letters.split()[-1]) == ("4,46", "96,4")
    assert [level.senders for level in curve.levels] == [3]
    assert (curve.first, curve.last, curve.top) == ("2026-03-01", "2026-03-03", 4)
