# Thin on purpose: what a target does is in the `cakupan` command and in pytest.
PYTHON ?= python3
ENV := .venv
BIN := $(ENV)/bin
READY := $(ENV)/.ready

# Bytecode is kept, and tests as pytest has prepared them: some environments say no to that, and each process then begins anew.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help reports test pages-test quick lab check notebooks lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The environment is made anew only when the lock or the project's own metadata has changed.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; this is %s. Try: make PYTHON=python3.12 ..." % sys.version.split()[0])'
	@echo "setting up $(ENV), once (a minute or two)"
	@$(PYTHON) -m venv --clear $(ENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

reports: $(READY) ## render every report of reports.toml into outputs/
	$(BIN)/cakupan render

test: $(READY) ## run all tests: units, docs, data, notebooks, pages in a browser
	$(BIN)/python -m pytest -n logical --dist loadfile --no-loadscope-reorder

pages-test: $(READY) ## follow every link and measure every page of what `make reports` made
	$(BIN)/python -m pytest tests/all_pages.py

quick: $(READY) ## run units and docstring examples only
	$(BIN)/python -m pytest -n logical --dist loadfile --hypothesis-profile quick -m "not (render or process or browser or cluster or faults or data)" tests analysis

# Root has to say that it means it, in a container, say; nobody else may need to.
ROOT := $(if $(filter 0,$(shell id -u)), --allow-root)

lab: $(READY) ## open JupyterLab in notebooks/; its options in ARGS="--port 9999"
	$(BIN)/jupyter lab --notebook-dir=notebooks$(ROOT) $(ARGS)

check: $(READY) ## data, lint, format and types
	$(BIN)/cakupan check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

notebooks: $(READY) ## refresh the stored outputs of notebooks/ after a change that was meant
	$(BIN)/cakupan notebooks

lock: ## write requirements.lock anew from pyproject.toml (needs uv)
	uv pip compile --universal --generate-hashes --all-extras --python-version 3.11 --custom-compile-command "make lock" --quiet pyproject.toml -o requirements.lock

clean: ## remove the environment and everything generated
	rm -rf $(ENV) outputs/* data/.checked* .hypothesis
