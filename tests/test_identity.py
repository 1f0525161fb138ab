"""Identity is not learnt: what is planted in many letters is found in no model file; masking keeps every place."""

import re
from pathlib import Path

import joblib
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from classifier import registry
from classifier.card import make_card, make_manifest
from classifier.contract import load_contract
from classifier.corpus import LabelledLetter
from classifier.identity import HIDDEN, mask
from classifier.taxonomy import load_taxonomy
from classifier.text import SHIPPED_DICTIONARY
from classifier.training import Recipe, train

FAKE_IDENTITY, FAKE_CARD = "9" * 6 + "19000101" + "9999", "62" + "0" * 17
PLANTED = {
    "name": "欧阳铁柱",
    "other name": "佘璐瑶",
    "phone": "13800000000",
    "identity number": FAKE_IDENTITY,
    "bank card": FAKE_CARD,
    "plate": "湘A8K3M2",
    "mail": "tiezhu.ouyang@example.com",
    "chat": "wx_tiezhu88",
}
SAID = (
    f"我叫欧阳铁柱，电话13800000000，身份证号{FAKE_IDENTITY}",
    f"联系人：佘璐瑶，卡号{FAKE_CARD}，微信号wx_tiezhu88",
    "车牌湘A8K3M2，邮箱tiezhu.ouyang@example.com，欧阳铁柱同志多次催要\n欧阳铁柱",
)


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory: pytest.TempPathFactory, letters: list[LabelledLetter]) -> Path:
    """A model trained on letters of which every third carries the same people's identities."""
    planted = [
        LabelledLetter(x.title, f"{x.text}\n{SAID[n % 3]}", x.category, x.id, purpose=x.purpose) if n % 3 == 0 else x
        for n, x in enumerate(letters)
    ]
    recipe, taxonomy = Recipe(max_iter=3, folds=2), load_taxonomy()
    trained = train(planted, None, recipe)
    manifest = make_manifest(trained, planted, None, recipe, load_contract(taxonomy.departments), day="2026-11-22")
    folder = tmp_path_factory.mktemp("planted")
    return folder / registry.save(folder, trained.state, SHIPPED_DICTIONARY, manifest, make_card(manifest))


@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED)
def test_a_planted_identity_is_in_no_model_file(model_folder: Path, planted: str) -> None:
    state = joblib.load(model_folder / registry.MODEL_FILE)
    terms = {term for block in state["terms"] for term in block}
    least = 4 if planted.isascii() else 2  # two Latin letters are nobody's
    sizes = range(least, len(planted) + 1)
    pieces = {planted[start : start + size] for size in sizes for start in range(len(planted) - size + 1)}
    known = {piece for piece in pieces & terms if not re.fullmatch("0+", piece)}
    assert not known
    for name in (registry.MANIFEST_FILE, registry.CARD_FILE):
        assert planted not in (model_folder / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("我叫王铁柱，住和平村", "我叫某某某，住和平村"),
        ("联系人：李小燕 电话13800000000", "联系人：某某某 电话00000000000"),
        ("找了张建国书记三次", "找了张建国书记三次"),  # nothing shows where the name begins
        ("，张建国书记不管", "，某某某书记不管"),
        ("此致\n敬礼\n陈有福\n0月0日", "此致\n敬礼\n某某某\n0月0日"),
        ("京A12345停在路中间", "某某某某某某某停在路中间"),
    ],
)
def test_names_are_hidden_where_the_words_around_announce_them(said: str, heard: str) -> None:
    assert mask(said) == heard


@pytest.mark.parametrize("words", ["项目部负责人不露面", "单位不缴社保", "小区车位全部被占", "施工队负责人说农村老师少"])
def test_ordinary_words_stay(words: str) -> None:
    assert HIDDEN not in mask(words)


@given(st.text(st.one_of(st.characters(), st.sampled_from("王李我叫先生书记：，\n0A@.京")), max_size=80))
@example("我叫王我叫王")
def test_every_character_keeps_its_place(text: str) -> None:
    hidden = mask(text)
    assert len(hidden) == len(text)
    assert not re.search(r"[1-9]", hidden)
    assert all(new in (old, HIDDEN, "0") for old, new in zip(text, hidden, strict=True))
