# `make` lists the targets. The first that needs it makes .venv, with exactly what constraints.txt says: the program for
# running it, and development tools as well for testing and checking it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEV := $(VENV)/.ready-dev
PIP := $(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt
QUICK := architecture cadence continuity dates documents folding identity markup query rules spikes terms text timetable urls

.PHONY: help install dev run test demo check check-quick poll serve export bench bench-site bench-scale fuzz docs screenshots format constraints clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(READY)  ## make .venv with the program; the command is .venv/bin/tracker

dev: $(DEV)  ## make .venv with the program and everything for developing it

$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed; name yours: make PYTHON=python3.11")'
	@$(PYTHON) -m venv $(VENV)

$(READY): pyproject.toml constraints.txt | $(VENV)/bin/pip
	@echo "Installing the tracker into $(VENV), once: this takes a minute or two."
	@$(PIP) -e . && touch $@

$(DEV): pyproject.toml constraints.txt | $(VENV)/bin/pip
	@echo "Installing the tracker and its development tools into $(VENV), once: this takes a few minutes."
	@$(PIP) -e '.[dev]' && touch $(READY) $@

run: $(READY)  ## poll the feeds of feeds.yaml, serve the site on http://127.0.0.1:8001, and go on polling; PORT=8080
	@$(BIN)/tracker run $(PORT:%=--port %)

test: $(DEV)  ## run all tests, on all cores; slow files first, those of one file on one core
	@$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

demo: $(READY)  ## show the main job without a network, then serve the site; PORT=8080
	@$(BIN)/tracker demo $(PORT:%=--port %)

check: $(DEV)  ## lint, types, layers, documents
	@$(BIN)/ruff check . && $(BIN)/ruff format --check --quiet . && $(BIN)/mypy && $(BIN)/lint-imports --no-cache
	@$(BIN)/cog --check -P docs/*.md README.md && $(BIN)/tracker check

check-quick: $(DEV)  ## lint, types, layers and the tests of pure functions: about a minute, while you write
	@$(BIN)/ruff check . && $(BIN)/ruff format --check --quiet . && $(BIN)/mypy && $(BIN)/lint-imports --no-cache
	@$(BIN)/pytest -q -n auto --dist loadfile -m "not slow and not corpus" $(QUICK:%=tests/test_%.py)

poll: $(READY)  ## poll once what is due
	@$(BIN)/tracker poll

serve: $(READY)  ## serve the site without polling
	@$(BIN)/tracker serve

export: $(READY)  ## write coverage.csv
	@$(BIN)/tracker export coverage.csv

bench: $(DEV)  ## measure speed beside another reader of feeds; BENCH="--quick", or other options
	@$(BIN)/python -m bench $(BENCH)

bench-site: $(DEV)  ## measure every page of the site on 1,000,000 articles; BENCH="--quick", or other options
	@$(BIN)/python -m bench.site $(BENCH)

bench-scale: $(DEV)  ## measure each step at 1, 3 and 10 million articles; BENCH="--quick", or other options
	@$(BIN)/python -m bench.scale $(BENCH)

fuzz: $(DEV)  ## damage feed documents at random for MINUTES=10 and read them
	@$(BIN)/python -m tests.fuzz $(or $(MINUTES),10)

docs: $(DEV)  ## bring the generated parts of the documents up to date
	@$(BIN)/cog -r -P docs/*.md README.md

screenshots: $(DEV)  ## take the pictures in docs/ anew (needs chromium)
	@$(BIN)/python -m tests.screenshots

format: $(DEV)  ## format the code
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

constraints: $(DEV)  ## write constraints.txt from what is installed
	@{ head -1 constraints.txt; $(BIN)/pip freeze --exclude-editable | grep ==; } > constraints.new && mv constraints.new constraints.txt

clean:  ## remove .venv and caches; the database stays
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist *.egg-info && find . -name __pycache__ -prune -exec rm -rf {} +
