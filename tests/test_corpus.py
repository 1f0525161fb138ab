"""Labelled letters are read from files; whatever is wrong is named by file and row."""

from __future__ import annotations

import pytest

from classifier.corpus import check_labels, fingerprint, read_labelled
from classifier.errors import BadTrainingData, FenxinError


def _write(folder, name, content):
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("a.jsonl", '{"text":"甲","category":"X"}\n{oops', r"a\.jsonl:2: not JSON"),
        ("a.jsonl", '["text"]', r"a\.jsonl:1: expected one JSON object"),
        ("a.jsonl", '{"text":"甲"}', r"a\.jsonl:1: neither category nor label"),
        ("a.jsonl", '{"text":" ","category":"X"}', r"a\.jsonl:1: text is empty"),
        ("a.jsonl", '{"text":["甲"],"category":"X"}', r"a\.jsonl:1: text: expected text, found list"),
        ("a.jsonl", '{"text":"甲","category":"X","purpose":"BEG"}', r"a\.jsonl:1: purpose 'BEG' is none of SUGGEST"),
        ("a.csv", 'text,label\n"甲,X', r"a\.csv:\d: not CSV"),
        ("a.csv", "a,b\n1,2\n", r"a\.csv:1: no column text or title in the header, only 'a', 'b'"),
        ("a.csv", "text;label\n甲;X\n", r"a\.csv:1: no column .* only 'text;label'; cells end with commas"),
        ("a.csv", "text,sort\n甲,X\n", r"a\.csv:1: no column category or label or cat in the header"),
        ("a.csv", "text,label\n甲,乙,X\n", r"a\.csv:2: more cells than the header has"),
        ("a.jsonl", "拖欠".encode("gbk"), r"a\.jsonl: not UTF-8 \(byte 0\)"),
    ],
)
def test_a_fault_names_file_and_row(tmp_path, name, content, fault):
    with pytest.raises(BadTrainingData, match=fault):
        read_labelled([_write(tmp_path, name, content)])


def test_any_label_set_is_read_from_json_lines_and_csv(tmp_path):
    _write(tmp_path, "a.jsonl", '{"title":"讨薪","text":"老板跑了","label":"劳动和社会保障","fold":2}\n\n')
    _write(tmp_path, "b.csv", "\ufefftext,category\n征地没公告,国土资源\n")
    first, second = read_labelled([tmp_path])
    assert (first.document, first.category) == ("讨薪\n老板跑了", "劳动和社会保障")
    assert (second.id, second.category) == ("b.csv:2", "国土资源")


def test_a_text_that_is_no_petition_needs_no_label(tmp_path):
    (text,) = read_labelled([_write(tmp_path, "out_of_scope.jsonl", '{"text":"同志们"}')])
    assert not text.in_scope


def test_no_letters_and_no_file_are_told(tmp_path):
    with pytest.raises(BadTrainingData, match="no labelled letters"):
        read_labelled([tmp_path])
    with pytest.raises(BadTrainingData, match="no such file"):
        read_labelled([tmp_path / "none.jsonl"])


def test_a_mistyped_code_is_refused_but_another_label_set_is_not(tmp_path):
    codes = ["LAND.EXPROP", "LABOR.WAGE"]
    good = '{"text":"甲","category":"LAND.EXPROP"}\n{"text":"乙","category":"LABOR.WAGE"}\n'
    assert check_labels(read_labelled([_write(tmp_path, "a.jsonl", good)]), codes)
    with pytest.raises(FenxinError, match=r"label 'LABOR.WAGES' of letter b.jsonl:3 is not in the taxonomy"):
        check_labels(read_labelled([_write(tmp_path, "b.jsonl", good + '{"text":"丙","category":"LABOR.WAGES"}')]), codes)
    assert not check_labels(read_labelled([_write(tmp_path, "c.jsonl", '{"text":"甲","label":"民政"}')]), codes)


def test_the_fingerprint_follows_text_and_label(tmp_path):
    def of(content):
        return fingerprint(read_labelled([_write(tmp_path, "a.jsonl", content)]))

    first = of('{"text":"甲","label":"民政"}')
    assert first == of('{"label":"民政","text":"甲"}')
    assert first != of('{"text":"甲","label":"教育"}')
