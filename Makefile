# Everything here works from a fresh clone with Python 3.11+ and make: the first call makes .venv, later calls are quick.
# PYTHON=… names the interpreter to start from; without it the first Python 3.11+ on the PATH is taken.

PYTHON ?=
VENV ?= .venv
UV_VERSION := 0.13.9
ENVIRONMENT := PYTHON="$(PYTHON)" tools/environment.sh "$(VENV)" "$(UV_VERSION)"
RUN := "$(VENV)/bin/python"
PYTEST := $(RUN) -m pytest
LOCK := pyproject.toml uv.lock tools/environment.sh

.DEFAULT_GOAL := help
.PHONY: help run outage test check bench bench-console docs clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' Makefile
	@echo
	@echo "  ARGS=… is handed on: make test ARGS='-k window -x', make bench ARGS='--quick'"

# --- environments: a stamp file says which groups .venv was synced with ----------------------------------------------

$(VENV)/.synced-run: $(LOCK)
	@echo "setting up $(VENV) …"
	@$(ENVIRONMENT) --no-dev --inexact --extra console
	@touch $@

$(VENV)/.synced-dev: $(LOCK)
	@echo "setting up $(VENV) with the development tools …"
	@$(ENVIRONMENT) --group dev
	@rm -f "$(VENV)/.synced-bench"
	@touch "$(VENV)/.synced-run" $@

$(VENV)/.synced-bench: $(LOCK) $(VENV)/.synced-dev
	@echo "adding the peers to $(VENV) …"
	@$(ENVIRONMENT) --group dev --group bench
	@touch $@

# --- what people type --------------------------------------------------------------------------------------------------

run: $(VENV)/.synced-run ## the console with a small fleet of real services that really fail now and then
	@HEALTH_ALLOWED_NETWORKS="$${HEALTH_ALLOWED_NETWORKS-127.0.0.1}" $(RUN) manage.py up --demo $(ARGS)

outage: $(VENV)/.synced-run ## breakers in the terminal, living through a real outage
	@$(RUN) -m recovery.demo $(ARGS)

test: $(VENV)/.synced-dev ## all tests
	@$(PYTEST) $(ARGS)

check: $(VENV)/.synced-dev ## lint, format, types, import rules, examples of the docs
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	$(PYTEST) -q tests/architecture tests/docs

bench: $(VENV)/.synced-bench ## measure the engine beside its peers, write its part of docs/benchmarks.md
	@$(RUN) -m tests.bench $(ARGS)

bench-console: $(VENV)/.synced-dev ## measure the console beside its floors, write its part of docs/benchmarks.md
	@$(RUN) -m tests.bench.console $(ARGS)

docs: $(VENV)/.synced-dev ## write docs/reference from the docstrings
	@if [ -f docs/generate_reference.py ]; then $(RUN) docs/generate_reference.py $(ARGS); \
	else echo "docs/generate_reference.py is missing: nothing to generate" >&2; exit 1; fi

clean: ## remove .venv, caches and builds
	rm -rf "$(VENV)" build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
