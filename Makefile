# Entry points of the project. `make help` lists them.
# PYTHON=python3.12 picks the interpreter, VENV=/elsewhere the environment, ARGS=... passes on to the command.

VENV ?= .venv
PYTHON ?=
ONCE ?=
ARGS ?=

BIN := $(VENV)/bin
LOCKED := $(VENV)/.locked
READY := $(VENV)/.ready
PYTHONS := $(or $(PYTHON),python3.11 python3.12 python3.13 python3)
CORES := 3

# An activated environment or a PYTHONPATH of the caller must not leak into ours.
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME
export PIP_DISABLE_PIP_VERSION_CHECK := 1
MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help demo serve test lint fmt soak bench mutants screenshots lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

demo: $(READY) ## first and second sync with the stand-in QuickBooks (ONCE=1: stop afterwards)
	@$(BIN)/webconnector demo $(if $(filter-out 0,$(ONCE)),--once) $(ARGS)

serve: $(READY) ## the server on http://localhost:8000
	@$(BIN)/webconnector serve $(ARGS)

test: lint ## lint, types, all tests (ARGS="-k word" chooses some)
	@$(BIN)/python -m pytest -n $(CORES) $(ARGS)

lint: $(READY) ## ruff and mypy
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check . || { echo "Not formatted: run 'make fmt'." >&2; exit 1; }
	@$(BIN)/mypy --no-error-summary

fmt: $(READY) ## format the code, mend what ruff can mend
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .

soak: $(READY) ## the API's document, every fault at every step, 50,000 random schedules (ARGS="--seed 251 --schedules 1000")
	@$(BIN)/python -m tests.acceptance.soak $(ARGS)

bench: $(READY) ## measure speed and memory, write bench/results.md
	@test -d tests/benchmarks || { echo "There are no benchmarks yet: tests/benchmarks is missing." >&2; exit 1; }
	@$(BIN)/python -m tests.benchmarks $(ARGS)

mutants: $(READY) ## break the program on purpose, line by line: the tests must notice (ARGS="word" chooses some)
	@$(BIN)/python -m tests.mutations $(ARGS)

screenshots: $(READY) ## a picture of each console page in light, dark and phone width, in var/screenshots
	@$(BIN)/python -m tests.screenshots $(ARGS)

lock: $(READY) ## write the lock files anew from pyproject.toml (needs the network)
	@set -e; compile="$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes"; \
	$$compile --custom-compile-command 'make lock' --group build -o requirements-build.lock $(ARGS); \
	$$compile --custom-compile-command 'make lock' -c requirements-build.lock pyproject.toml \
	  --group build --group dev -o requirements.lock $(ARGS)

clean: ## remove the environment, caches and build products (var/ stays)
	@rm -rf $(VENV) build dist .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	@find qbxml qwc store webconnector tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment is made anew whenever a lock file changed. The build tools come first, with hashes too, since
# spyne is only published as source: built in pip's isolation it would use whatever setuptools is newest that day.
$(LOCKED): requirements-build.lock requirements.lock
	@set -e; found=; \
	for python in $(PYTHONS); do \
	  if "$$python" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; \
	  then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "No usable Python among: $(PYTHONS). Needed: 3.11, 3.12 or 3.13 with venv and pip" \
	    "(Debian: apt-get install python3-venv), or say make PYTHON=/path/to/python." >&2; exit 1; fi; \
	echo "Creating $(VENV) with $$("$$found" --version) ..."; \
	"$$found" -m venv --clear "$(VENV)"; \
	$(BIN)/python -m pip install -qq --require-hashes -r requirements-build.lock; \
	$(BIN)/python -m pip install -qq --require-hashes --no-build-isolation -r requirements.lock; \
	touch $@

# Only the project itself: works without a network.
$(READY): $(LOCKED) pyproject.toml
	@$(BIN)/python -m pip install -qq --no-deps --no-build-isolation --no-index -e .
	@touch $@
