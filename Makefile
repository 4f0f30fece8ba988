# `make` alone says what there is. Every target first sets up what it needs (scripts/bootstrap.py); that takes a minute
# or two the first time and no time afterwards.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory --no-builtin-rules

VENV := .venv
BIN := $(VENV)/bin
ENV ?= dev
CONNECT ?= on
RECIPIENTS ?= 20000

# A text may hold anything a shell or make would act on. Neither does when it travels as it is, in the environment.
export SMS_FROM := $(value FROM)
export SMS_BODY := $(value BODY)
unexport FROM BODY

# An activated virtual environment, or modules that the user keeps elsewhere, are no part of this.
unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH
# Synthesis unpacks and bundles from what setup left in .venv; nothing is asked of the network.
OFFLINE := PIP_NO_INDEX=1 PIP_FIND_LINKS=$(VENV)/runtime-wheels
export JSII_RUNTIME_PACKAGE_CACHE_ROOT := $(CURDIR)/$(VENV)/jsii-cache
WITH_RUNTIME := PYTHONPATH="$(CURDIR):$(CURDIR)/lambda"

# The CDK's Node and the other tools are those of .venv, whatever else is on the machine.
WITH_TOOLS := PATH="$(CURDIR)/$(BIN):$$PATH"

# The cache of one pytest is not another's: two makes may run in this folder at once.
PYTEST := $(OFFLINE) $(WITH_TOOLS) $(BIN)/pytest -p no:cacheprovider --quiet
CDK := $(OFFLINE) $(WITH_TOOLS) node_modules/.bin/cdk
UV_COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --annotation-style line

# $(call step,title,command,what to do when it fails)
step = @printf '\n== %s\n' '$(1)'; $(2) || { printf '\n%s failed. %s\n' '$(1)' '$(3)' >&2; exit 1; }

.PHONY: help setup check lint types imports unit docs reference test integration infra lab-tests demo bench lab text tables lock format snapshots picture synth deploy clean

help: ## Say what there is
	@echo 'shift_sms: staff shifts by two-way SMS. Needs Python 3.11 or newer and make; everything else it fetches itself.'
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: ## Make .venv and node_modules from the lock files (every other target does it by itself)
	@for python in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11 python); do \
		if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
		then exec "$$python" -I scripts/bootstrap.py; fi; \
	done; \
	echo 'setup: no Python 3.11 or newer was found. Install one, or name it: make setup PYTHON=/path/to/python3.12' >&2; exit 1

check: lint types imports unit docs ## The fast checks: format, lint, strict types, import contracts, unit tests, documentation

lint: setup
	$(call step,Format,$(BIN)/ruff format --check --quiet .,make format mends it.)
	$(call step,Lint,$(BIN)/ruff check --quiet .,make format mends some; each rule is explained by: $(BIN)/ruff rule CODE)

types: setup
	$(call step,Types,$(BIN)/python scripts/run_exclusively.py pyproject.toml $(BIN)/mypy,The lines above say where the types do not hold.)

imports: setup
	$(call step,Import contracts,$(WITH_RUNTIME) $(BIN)/lint-imports --no-logo --no-cache,A package imports what its contract in pyproject.toml forbids; the chain is above.)

unit: setup
	$(call step,Unit tests,$(PYTEST) -n 2 tests/unit,One of them again: $(BIN)/pytest tests/unit -k NAME)

docs: setup ## Build the documentation site into site/, with every link checked
	$(call step,Reference pages,$(OFFLINE) $(WITH_TOOLS) $(WITH_RUNTIME) $(BIN)/python -m scripts.reference --check,make reference writes them anew.)
	$(call step,Documentation site,NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --clean --quiet,The lines above say which page is wrong.)

reference: setup ## Write the reference pages and the diagram anew from the code
	@$(OFFLINE) $(WITH_TOOLS) $(WITH_RUNTIME) $(BIN)/python -m scripts.reference

test: check integration infra lab-tests ## All checks and all tests, the deployed system's included (some minutes)
	@printf '\nAll checks and tests passed.\n'

integration: setup
	$(call step,Integration tests,$(PYTEST) -n 2 tests/integration,One of them again: $(BIN)/pytest tests/integration -k NAME)

infra: setup
	$(call step,Contract and infrastructure tests,$(PYTEST) -n 2 --dist loadfile tests/contracts tests/infra,Is the change to a stack meant? Then: make snapshots)

lab-tests: setup
	$(call step,Lab tests of many recipients,$(PYTEST) tests/lab/test_scale.py,Alone on the machine again: $(BIN)/pytest tests/lab/test_scale.py)
	$(call step,Lab tests,$(PYTEST) -n 4 --dist loadfile tests/lab --ignore tests/lab/test_scale.py,One of them again: $(BIN)/pytest tests/lab -k NAME)

demo: setup ## The whole system on this machine, acting out a shift campaign (CONNECT=off: without AGENT)
	@$(WITH_RUNTIME) $(BIN)/python -m lab.demo --connect $(CONNECT)

bench: setup ## Measure what is claimed of cost and speed (a quarter of an hour; RECIPIENTS=2000: less)
	@$(WITH_RUNTIME) $(BIN)/python -m lab.bench --recipients $(RECIPIENTS)

lab: setup ## The same system, kept running until Ctrl-C; text it with make text (CONNECT=off: without AGENT)
	@$(WITH_RUNTIME) $(BIN)/python -m lab.run --connect $(CONNECT)

text: setup ## Text the running lab and print its answer: make text FROM=+14255550101 BODY=XYZ123
	@if [ -z "$$SMS_FROM" ] || [ -z "$$SMS_BODY" ]; then echo 'Who texts what? make text FROM=+14255550101 BODY=XYZ123' >&2; exit 2; fi
	@$(WITH_RUNTIME) $(BIN)/python -m lab.send_text

tables: setup ## Show the tables of the running lab
	@$(WITH_RUNTIME) $(BIN)/python -m lab.show_tables

format: setup ## Format the code and mend what lint can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

snapshots: setup ## Take the stacks' snapshots anew, after reading why they changed
	@$(PYTEST) tests/infra --snapshot-update
	@echo 'Read the difference before you commit it: git diff tests/infra'

lock: setup ## Choose versions anew from pyproject.toml and package.json, and lock them with hashes
	@$(UV_COMPILE) pyproject.toml --group dev -o requirements-dev.txt
	@$(UV_COMPILE) pyproject.toml -c requirements-dev.txt -o requirements.txt
	@$(UV_COMPILE) --group pyproject.toml:runtime -c requirements-dev.txt -o lambda/requirements.txt
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund --loglevel=error
	@! grep -nE '(https?|file)://' requirements.txt requirements-dev.txt lambda/requirements.txt package-lock.json || \
		{ echo 'A lock file names a registry or a path of this machine: it must not.' >&2; exit 1; }

picture: setup ## Draw the picture of the demo in the README anew
	@$(WITH_RUNTIME) $(BIN)/python -m lab.demo --picture docs/images/demo.svg | cat

synth: setup ## Write the CloudFormation template of an environment: make synth ENV=prod
	@$(CDK) synth --context env=$(ENV) --output cdk.out/$(ENV)

deploy: setup ## Deploy an environment to the AWS account of your credentials: make deploy ENV=dev
	@$(CDK) deploy --context env=$(ENV) --output cdk.out/$(ENV) || { echo 'The deployment failed; the README, under Deploying, lists what it needs.' >&2; exit 1; }

clean: ## Remove everything that make made
	rm -rf $(VENV) node_modules cdk.out build dist site .lab .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
