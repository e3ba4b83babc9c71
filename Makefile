# Two commands do everything on a fresh machine: `make run` and `make test`.
# They need Python 3.11 or newer, git and make; all else goes into .venv.

# The first that there is and that runs.
PYTHON ?= $(or $(shell for each in python3.11 python3.12 python3.13 python3; do \
	$$each -c "" 2>/dev/null && echo $$each && break; done), python3.11)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: run test test-latest bench sample shots clean format

run: $(STAMP)  ## install, and open the app on a copy of sample.db
	@$(BIN)/winback demo

test: $(STAMP)  ## install, and run every check
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest

test-latest:  ## the same with the newest releases that pyproject.toml allows
	$(PYTHON) -m venv .venv-latest
	.venv-latest/bin/pip install --quiet --upgrade -e '.[dev]'
	.venv-latest/bin/pip list
	.venv-latest/bin/pytest

bench: $(STAMP)  ## measure, as ratios within one run
	$(BIN)/pip install --quiet --constraint constraints.txt -e '.[dev,bench]'
	$(BIN)/python -m benchmarks

sample: $(STAMP)  ## make sample.db anew
	$(BIN)/winback sample sample.db --customers 300 --seed 7 --force
	chmod 644 sample.db

shots: $(STAMP)  ## draw the README's pictures from the app itself
	$(BIN)/python tools/shots.py docs

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) .venv-latest build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --constraint constraints.txt -e '.[dev]'
	@touch $(STAMP)
