"""Pages: complete without JavaScript, everything escaped, no form without its token."""

import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path
from typing import cast

import httpx2
import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from classifier.assess import Assessor
from classifier.letter import Assessment, Evidence, Letter
from service.access import new_key
from service.app import build_app
from service.forms import inner_path
from service.settings import Settings

WAGES = {"title": "拖欠工资", "text": "我们38名工人在工地干活，包工头拖欠工资三十余万元，请求帮助讨要。"}
HTML = {"Accept": "text/html"}
HOSTILE = '<script>alert(1)</script> {{ 7*7 }} {% raw %} "><img src=x onerror=alert(1)> &lt; 包工头拖欠工资'


@pytest.fixture
def client(tmp_path: Path, assessor: Assessor) -> Iterator[TestClient]:
    yield from _office(tmp_path, assessor)


@pytest.fixture(scope="module")
def long_client(tmp_path_factory: pytest.TempPathFactory, assessor: Assessor) -> Iterator[TestClient]:
    yield from _office(tmp_path_factory.mktemp("pages"), assessor)


def _office(folder: Path, assessor: Assessor) -> Iterator[TestClient]:
    chosen = Settings(database_url=f"sqlite:///{folder / 'fenxin.db'}")
    with TestClient(build_app(chosen, assessor=assessor), base_url="http://localhost", headers=HTML) as opened:
        opened.get("/")
        yield opened


def _token(client: TestClient) -> str:
    return str(client.cookies["fenxin_form"])


def _send(client: TestClient, path: str, **fields: str) -> httpx2.Response:
    return client.post(path, data={"token": _token(client)} | fields, follow_redirects=False)


def _shown_text(page: str) -> str:
    """The letter as a reader sees it: tags away, entities read."""
    inside = re.search(r'<div class="text">(.*?)</div>', page, re.DOTALL)
    assert inside
    return unescape(re.sub(r"</?mark>", "", inside[1]))


def test_a_pasted_letter_is_assessed_and_not_stored(client: TestClient) -> None:
    page = _send(client, "/assess", **WAGES)
    assert page.status_code == 200
    assert _shown_text(page.text) == WAGES["text"]
    for words in ("内容分类", "信访目的", "责任单位", "可以向", "时限", "依据", "这是建议，由经办人决定"):
        assert words in page.text
    assert WAGES["title"] not in client.get("/letters").text


def test_a_filed_letter_is_listed_shown_confirmed_and_corrected(client: TestClient) -> None:
    filed = _send(client, "/letters", key="one", **WAGES)
    assert filed.status_code == 303
    path = filed.headers["location"]
    page = client.get(path).text
    assert _shown_text(page) == WAGES["text"]
    standing = re.search(r'name="standing" value="([^"]+)"', page)
    assert standing
    assert path in client.get("/letters").text
    confirmed = _send(client, f"{path}/decision", choice=standing[1], standing=standing[1], seen="0")
    assert confirmed.status_code == 303
    other = {"choice": "other", "other": "土地征收补偿安置", "standing": standing[1], "reason": "实为征地", "seen": "1"}
    corrected = _send(client, f"{path}/decision", **other)
    assert corrected.status_code == 303
    page = client.get(path).text
    assert "确认</span>" in page
    assert "实为征地" in page


class Torn:
    """The real assessor, but the words 工地 pulled away from every letter's category."""

    def __init__(self, assessor: Assessor) -> None:
        self.assessor = assessor

    def __getattr__(self, name: str) -> object:
        return getattr(self.assessor, name)

    def assess(self, letter: Letter, *, today: date) -> Assessment:
        found = self.assessor.assess(letter, today=today)
        at = letter.text.index("工地")
        against = Evidence("工地", at, at + 2, -0.7)
        return replace(found, matters=(replace(found.matters[0], evidence=(Evidence("拖欠", 0, 2, 2.0), against)),))


@pytest.fixture
def torn(tmp_path: Path, assessor: Assessor) -> Iterator[TestClient]:
    yield from _office(tmp_path, cast("Assessor", Torn(assessor)))


def test_words_that_pulled_away_are_listed_apart_and_not_marked(torn: TestClient) -> None:
    page = _send(torn, "/assess", text="拖欠工资的工地").text
    lists = dict(re.findall(r"<h3>(依据的词句|不支持的词句)</h3>(.*?)</ul>", page, re.DOTALL))
    assert [re.findall(r"<q>(.*?)</q>", lists[name]) for name in ("依据的词句", "不支持的词句")] == [["拖欠"], ["工地"]]
    assert "-0.7" in lists["不支持的词句"]
    assert re.findall(r"<mark>(.*?)</mark>", page) == ["拖欠"]


def test_an_opened_letter_stands_beside_the_training_letters_most_like_it(client: TestClient) -> None:
    path = _send(client, "/letters", **WAGES).headers["location"]
    for page in (client.get(path).text, _send(client, "/assess", **WAGES).text):
        similar = re.search(r'<ol class="similar">(.*?)</ol>', page, re.DOTALL)
        assert similar
        assert similar[1].count("<li>") == 3
        assert "<details><summary>" in similar[1]


def test_the_same_form_sent_twice_files_one_letter(client: TestClient) -> None:
    first, second = (_send(client, "/letters", key="twice", **WAGES) for _ in range(2))
    assert first.headers["location"] == second.headers["location"]


def test_a_letter_is_shown_as_text_whatever_it_contains(client: TestClient) -> None:
    pages = [_send(client, "/assess", title=HOSTILE, text=HOSTILE, place=HOSTILE, sender=HOSTILE)]
    path = _send(client, "/letters", title=HOSTILE, text=HOSTILE, place=HOSTILE, sender=HOSTILE).headers["location"]
    pages += [client.get(path), client.get("/letters"), client.get("/review")]
    for page in pages:
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<img" not in page.text
    assert [_shown_text(page.text) for page in pages[:2]] == [HOSTILE, HOSTILE]
    assert HOSTILE in unescape(pages[2].text)


@settings(max_examples=40, deadline=None)
@given(text=st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), min_size=1, max_size=60))
def test_every_readable_letter_is_shown_character_by_character(long_client: TestClient, text: str) -> None:
    letter = f"征{text}"
    assert _shown_text(_send(long_client, "/assess", text=letter).text) == letter


def test_the_form_comes_back_with_what_was_typed_and_what_is_wrong(client: TestClient) -> None:
    page = _send(client, "/letters", title="很要紧", text="😀", received_at="昨天")
    assert page.status_code == 422
    assert "没有可读的文字" in page.text
    assert "ISO 8601" in page.text
    assert 'value="很要紧"' in page.text


@pytest.mark.parametrize("token", ["", "wrong", "印"])
@pytest.mark.parametrize("path", ["/assess", "/letters", "/letters/x/decision", "/login", "/logout"])
def test_no_form_is_taken_without_its_token(client: TestClient, path: str, token: str) -> None:
    answer = client.post(path, data=WAGES | {"token": token})
    assert answer.status_code == 403
    assert "刷新页面" in answer.text


def test_a_form_that_is_not_utf8_is_said(client: TestClient) -> None:
    body = f"token={_token(client)}&text=%FF%FE".encode()
    answer = client.post("/assess", content=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert (answer.status_code, "UTF-8" in answer.text) == (400, True)


def test_a_decision_that_cannot_be_taken_is_told_as_a_page(client: TestClient) -> None:
    path = _send(client, "/letters", **WAGES).headers["location"]
    answer = _send(client, f"{path}/decision", choice="other", other="没有的分类", reason="x")
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("text/html")
    assert "没有的分类" in answer.text


@pytest.mark.parametrize("path", ["/", "/letters", "/review", "/login", "/nothing"])
def test_every_page_has_title_language_skip_link_and_nothing_inline(client: TestClient, path: str) -> None:
    page = client.get(path).text
    assert '<html lang="zh-CN">' in page
    assert re.search(r"<title>.+ · 分信</title>", page)
    assert 'class="skip" href="#main"' in page
    assert page.count("<h1") == 1
    assert not re.search(r"\son\w+=|style=|<style|javascript:|https?://", page)
    assert all("src=" in script for script in re.findall(r"<script[^>]*>", page))


@pytest.mark.parametrize("path", ["/", "/letters", "/login"])
def test_every_field_has_a_label(client: TestClient, path: str) -> None:
    page = client.get(path).text
    fields = re.findall(r'<(?:input(?! type="hidden")|select|textarea)\b[^>]*\bid="([^"]+)"', page)
    assert fields
    assert set(fields) <= set(re.findall(r'<label for="([^"]+)"', page))
    assert len(re.findall(r'<(?:input(?! type="hidden")|select|textarea)\b', page)) == len(fields)


def test_an_empty_filter_filters_nothing(client: TestClient) -> None:
    path = _send(client, "/letters", **WAGES).headers["location"]
    page = client.get("/letters?category=&department=&disposition=&state=&since=2000-01-01&until=&cursor=")
    assert (page.status_code, path in page.text) == (200, True)
    assert path not in client.get("/letters?category=&until=2000-01-01").text


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "https://evil.example", "evil", "/a\nb", ""])
def test_signing_in_never_leads_elsewhere(path: str) -> None:
    assert inner_path(path) == "/"


def test_with_keys_one_signs_in_first_and_can_sign_out(tmp_path: Path, assessor: Assessor) -> None:
    key, row = new_key("张某", frozenset({"intake", "review"}))
    (tmp_path / "keys.csv").write_text(f"prefix,sha256,officer,roles\n{row}\n", "utf-8")
    chosen = Settings(database_url=f"sqlite:///{tmp_path / 'fenxin.db'}", api_keys_file=tmp_path / "keys.csv")
    with TestClient(build_app(chosen, assessor=assessor), headers=HTML) as client:
        asked = client.get("/letters", follow_redirects=False)
        assert (asked.status_code, asked.headers["location"]) == (303, "/login?next=/letters")
        client.get("/login")
        assert _send(client, "/login", key="fx_wrong").status_code == 401
        entered = _send(client, "/login", key=key, next="/letters")
        assert (entered.status_code, entered.headers["location"]) == (303, "/letters")
        cookie = entered.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert "张某" in client.get("/letters").text
        _send(client, "/logout")
        assert client.get("/letters", follow_redirects=False).status_code == 303
