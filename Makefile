PYTHON ?= python3
BIN := .venv/bin
# The day stamped into the shipped model's name: the same data, seed and day give the same bytes.
MODEL_DAY ?= 2026-11-22
REAL ?= ../shared/data

.PHONY: all setup serve test coverage check docs alarm model retrain bench bench-learning bench-groups letters-check lock clean

all: check test

setup: .venv/.ready

.venv/.ready: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Fenxin needs Python 3.11 or newer; set PYTHON=python3.x")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

serve: setup
	$(BIN)/fenxin serve

test: setup
	$(BIN)/python -m pytest -q -n 2

coverage: setup # the same, twice as slow, and which lines no test reached
	$(BIN)/python -m pytest -q -n 2 --cov --cov-report=term

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: setup # rewrites the generated regions of the READMEs: run it after a new model, setting or command
	$(BIN)/python docs/refresh.py

alarm: setup # learns lives in danger anew: compare with the shipped one before it is kept (docs/decisions/0011)
	$(BIN)/python -m classifier.signals.alarm_training training_data

model: setup
	$(BIN)/fenxin train training_data --out models --day $(MODEL_DAY) --promote

retrain: setup # a challenger from the officers' decisions; a person promotes it
	$(BIN)/fenxin retrain

letters-check: setup
	$(BIN)/python benchmarks/letters_check.py --real $(REAL)

bench: setup
	$(BIN)/python benchmarks/run.py --real $(REAL)

bench-learning: setup # fold by fold and curve by curve: an hour
	$(BIN)/python benchmarks/learning.py --real $(REAL)

LETTERS ?= 10000 100000
bench-groups: setup # stores and archives of made-up letters; a million takes an hour and more, and 10 GB
	$(BIN)/python -m benchmarks.groups_growth $(LETTERS)

lock: # needs uv on the path
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --group dev --extra postgres pyproject.toml -o requirements.lock

clean:
	rm -rf .venv
