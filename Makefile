# What a contributor runs. PYTHON is the environment's Python: make setup makes it.
PYTHON ?= .venv/bin/python

.PHONY: help setup format lint types fast test docs release

help: ## this list
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

setup: ## an environment with everything for the fast tests
	python3 -m venv .venv && .venv/bin/pip install -q -e ".[dev]"

format: ## write the code in the project's format
	$(PYTHON) -m ruff check --fix --quiet . ; $(PYTHON) -m ruff format .

lint: ## say what is not in the format
	$(PYTHON) -m ruff check . && $(PYTHON) -m ruff format --check .

types: ## check the types, of the package also as on Windows and macOS
	$(PYTHON) -m mypy && $(PYTHON) -m mypy --platform win32 src && $(PYTHON) -m mypy --platform darwin src

fast: ## the tests without the slow ones
	$(PYTHON) -m pytest -n 2 --dist loadfile -m "not slow"

test: ## all tests
	$(PYTHON) -m pytest -n 2 --dist loadfile

docs: ## write the generated pages again
	$(PYTHON) docs/make.py

release: ## build dataset/ from raw/ and annotations/
	$(PYTHON) -m duizhao build raw --out dataset --strict
