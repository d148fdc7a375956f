# `make` lists the targets. The first target that needs it makes .venv with everything pinned in constraints.txt.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
QUICK := architecture cadence continuity dates documents folding identity markup query rules spikes terms text timetable urls

.PHONY: help install run test demo check check-quick poll serve export bench bench-site fuzz docs screenshots format constraints clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(READY)  ## make .venv with everything; the command is .venv/bin/tracker

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed; name yours: make PYTHON=python3.11")'
	@$(PYTHON) -m venv $(VENV) && $(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]' && touch $@

run: $(READY)  ## poll the feeds of feeds.yaml, serve the site on http://127.0.0.1:8001, and go on polling
	@$(BIN)/tracker run

test: $(READY)  ## run all tests, on all cores; slow files first, those of one file on one core
	@$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

demo: $(READY)  ## show the main job without a network, then serve the site
	@$(BIN)/tracker demo

check: $(READY)  ## lint, types, layers, documents
	@$(BIN)/ruff check . && $(BIN)/ruff format --check --quiet . && $(BIN)/mypy && $(BIN)/lint-imports --no-cache
	@$(BIN)/cog --check -P docs/*.md README.md && $(BIN)/tracker check

check-quick: $(READY)  ## lint, types, layers and the tests of pure functions: about a minute, while you write
	@$(BIN)/ruff check . && $(BIN)/ruff format --check --quiet . && $(BIN)/mypy && $(BIN)/lint-imports --no-cache
	@$(BIN)/pytest -q -n auto --dist loadfile -m "not slow and not corpus" $(QUICK:%=tests/test_%.py)

poll: $(READY)  ## poll once what is due
	@$(BIN)/tracker poll

serve: $(READY)  ## serve the site without polling
	@$(BIN)/tracker serve

export: $(READY)  ## write coverage.csv
	@$(BIN)/tracker export coverage.csv

bench: $(READY)  ## measure speed beside another reader of feeds; BENCH="--quick", or other options
	@$(BIN)/python -m bench $(BENCH)

bench-site: $(READY)  ## measure every page of the site on 1,000,000 articles; BENCH="--quick", or other options
	@$(BIN)/python -m bench.site $(BENCH)

fuzz: $(READY)  ## damage feed documents at random for MINUTES=10 and read them
	@$(BIN)/python -m tests.fuzz $(or $(MINUTES),10)

docs: $(READY)  ## bring the generated parts of the documents up to date
	@$(BIN)/cog -r -P docs/*.md README.md

screenshots: $(READY)  ## take the pictures in docs/ anew (needs chromium)
	@$(BIN)/python -m tests.screenshots

format: $(READY)  ## format the code
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

constraints: $(READY)  ## write constraints.txt from what is installed
	@{ head -1 constraints.txt; $(BIN)/pip freeze --exclude-editable | grep ==; } > constraints.new && mv constraints.new constraints.txt

clean:  ## remove .venv and caches; the database stays
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist *.egg-info && find . -name __pycache__ -prune -exec rm -rf {} +
