# Everything a developer or an operator of a checkout types. Needs Python 3.11 or newer and make; the rest is
# installed into .venv/ and frontend/node_modules/ (tools/install.py does that, and does nothing when it is done).

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
WORKERS ?= 2
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help run demo test lint fix bench docs lock photos install install-dev clean

help: ## List these targets
	@grep -hE '^[a-z%-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F '\t' '{printf "  make %-12s %s\n", $$1, $$2}'

install: ## Install and build only
	@$(PYTHON) tools/install.py run

install-dev:
	@$(PYTHON) tools/install.py test

run: install ## Run Kesher here: database, web server, worker, and a demo workspace (KESHER_DEMO=0: without)
	@KESHER_DEMO=$${KESHER_DEMO:-1} exec $(BIN)/kesher run

demo: install ## Load the demo workspace into the data folder
	@$(BIN)/kesher demo

test: install-dev ## Check and test everything (PYTEST="-k words" narrows the tests)
	@$(PYTHON) tools/install.py browser
	@$(BIN)/python tools/checks.py
	@$(BIN)/pytest -n $(WORKERS) --dist loadgroup -m "not browser" $(PYTEST)
	@$(BIN)/pytest -n $(WORKERS) --dist loadgroup -m browser $(PYTEST)
	@echo "make test: everything passed"

lint: install-dev ## Only the checks: style, types, layers, front end, translations
	@$(BIN)/python tools/checks.py

fix: install-dev ## Let the tools mend what they can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix frontend exec -- stylelint --fix "src/**/*.css"

bench: install-dev ## Measure everything (one: make bench-import); results go to bench/results/
	@$(BIN)/python -m bench

bench-%: install-dev
	@$(BIN)/python -m bench $*

docs: install-dev ## Write the reference pages under docs/
	@$(BIN)/kesher reference
	@$(BIN)/kesher openapi

lock: install-dev ## Choose versions anew: requirements/*.txt and frontend/package-lock.json
	@$(BIN)/python tools/lock.py

photos: install-dev ## Take a picture of every screen, into photos/
	@$(PYTHON) tools/install.py browser
	@$(BIN)/pytest tests/photos

clean: ## Remove what was installed and built (not the data folder .kesher)
	rm -rf .venv .make frontend/node_modules frontend/dist build
