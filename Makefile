# `make` alone lists the targets. Every target first runs the setup (scripts/bootstrap.py). The first run takes a minute
# or two. Later runs do nothing while the lock files stay the same.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory --no-builtin-rules

VENV := .venv
BIN := $(VENV)/bin
ENV ?= dev
CONNECT ?= on
SHOW ?= terminal

# A text is passed in the environment, so that neither make nor the shell interprets it.
export SMS_FROM := $(value FROM)
export SMS_BODY := $(value BODY)
unexport FROM BODY

# The user's own virtual environment and module path must not affect the targets.
unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH
# Synthesis bundles the packages that the setup downloaded into .venv, without network access.
OFFLINE := PIP_NO_INDEX=1 PIP_FIND_LINKS=$(VENV)/runtime-wheels
export JSII_RUNTIME_PACKAGE_CACHE_ROOT := $(CURDIR)/$(VENV)/jsii-cache
WITH_RUNTIME := PYTHONPATH="$(CURDIR):$(CURDIR)/lambda"

# Targets use Node and the other tools of .venv.
WITH_TOOLS := PATH="$(CURDIR)/$(BIN):$$PATH"

# Without pytest's cache, two makes can run in this folder at the same time.
PYTEST := $(OFFLINE) $(WITH_TOOLS) $(BIN)/pytest -p no:cacheprovider --quiet
CDK := $(OFFLINE) $(WITH_TOOLS) node_modules/.bin/cdk
UV_COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --annotation-style line

# $(call step,title,command,advice for a failure)
step = @printf '\n== %s\n' '$(1)'; $(2) || { printf '\n%s failed. %s\n' '$(1)' '$(3)' >&2; exit 1; }

.PHONY: help setup check lint types imports unit docs reference test integration infra lab-tests simulate simulate-fills faults demo bench soak lab text tables lock format snapshots picture screenshots synth deploy clean

help: ## List the targets
	@echo 'shift_sms: shift management by two-way SMS. Needs Python 3.11 or newer and make; the setup installs the rest.'
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: ## Create .venv and node_modules from the lock files (every other target does this first)
	@for python in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11 python); do \
		if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
		then exec "$$python" -I scripts/bootstrap.py; fi; \
	done; \
	echo 'setup: found no Python 3.11 or newer. Install one, or name it: make setup PYTHON=/path/to/python3.12' >&2; exit 1

check: lint types imports unit docs ## Run the fast checks: format, lint, types, import contracts, unit tests, documentation

lint: setup
	$(call step,Format,$(BIN)/ruff format --check --quiet .,Run make format.)
	$(call step,Lint,$(BIN)/ruff check --quiet .,make format fixes some findings. To explain a rule: $(BIN)/ruff rule CODE)

types: setup
	$(call step,Types,$(BIN)/python scripts/run_exclusively.py pyproject.toml $(BIN)/mypy,The lines above list the type errors.)

imports: setup
	$(call step,Import contracts,$(WITH_RUNTIME) $(BIN)/lint-imports --no-logo --no-cache,A package imports what its contract in pyproject.toml forbids; the chain is above.)

unit: setup
	$(call step,Unit tests,$(PYTEST) -n 2 -m "not soak" tests/unit,To run one test again: $(BIN)/pytest tests/unit -k NAME)

docs: setup ## Build the documentation site into site/ and check its links
	$(call step,Reference pages,$(OFFLINE) $(WITH_TOOLS) $(WITH_RUNTIME) $(BIN)/python -m scripts.reference --check,Run make reference.)
	$(call step,Documentation site,NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --clean --quiet,The lines above name the page.)

reference: setup ## Generate the reference pages and the diagram from the code
	@$(OFFLINE) $(WITH_TOOLS) $(WITH_RUNTIME) $(BIN)/python -m scripts.reference

test: check integration infra lab-tests ## Run all checks and all tests, including those of the deployed system (some minutes)
	@printf '\nAll checks and tests passed.\n'

integration: setup
	$(call step,Integration tests,$(PYTEST) -n 2 -m "not soak" tests/integration,To run one test again: $(BIN)/pytest tests/integration -k NAME)

infra: setup
	$(call step,Contract and infrastructure tests,$(PYTEST) -n 2 --dist loadfile -m "not soak" tests/contracts tests/infra,If a stack changed on purpose: make snapshots)

lab-tests: setup
	$(call step,Lab tests,$(PYTEST) -n 5 --dist loadfile -m "not soak" tests/lab,To run one test again: $(BIN)/pytest tests/lab -k NAME)

simulate: setup ## Run all functions in virtual time with random faults (SEEDS=100: fewer; SCENARIO=mixed SEED=7: one, with its trace)
	@PYTHONHASHSEED=0 $(WITH_RUNTIME) $(BIN)/python -m lab.simulation \
		$(if $(SCENARIO),--scenario $(SCENARIO)) $(if $(SEED),--seed $(SEED)) $(if $(SEEDS),--seeds $(SEEDS))

simulate-fills: setup ## Compare automatic waves with fixed waves and a broadcast, in virtual time (some minutes; SAVE=FILE)
	@$(WITH_RUNTIME) $(BIN)/python -m lab.fill_simulation $(if $(SAVE),--save $(SAVE))

faults: setup ## Give every call of every function every fault and write docs/reference/faults.md (some minutes)
	@PYTHONHASHSEED=0 $(WITH_RUNTIME) $(BIN)/python -m lab.simulation.fault_table

demo: setup ## Run a shift campaign in the whole system on this machine and check it (CONNECT=off, SHOW=browser, PRICES=FILE)
	@$(WITH_RUNTIME) $(BIN)/python -m lab.demo --connect $(CONNECT) --show $(SHOW) $(if $(PRICES),--prices $(PRICES))

bench: setup ## Measure cost and speed as ratios (a quarter of an hour; ONLY="reads planning": less; SAVE=FILE)
	@$(OFFLINE) $(WITH_TOOLS) $(WITH_RUNTIME) $(BIN)/python -m lab.bench $(ONLY) $(if $(SAVE),--save $(SAVE))

soak: setup ## Run the slow tests, and the cases that make test leaves out, without a time limit
	$(call step,Soak tests,$(PYTEST) tests/soak,To run one test again on a machine without other load: $(BIN)/pytest tests/soak -k NAME)
	$(call step,Further cases,$(PYTEST) -n 2 --dist loadfile -m soak tests/unit tests/integration tests/infra tests/lab,To run one test again: $(BIN)/pytest tests -m soak -k NAME)

lab: setup ## Run the whole system until Ctrl-C, for make text and make tables (CONNECT=off: without AGENT)
	@$(WITH_RUNTIME) $(BIN)/python -m lab.run --connect $(CONNECT)

text: setup ## Text the running lab and print the reply: make text FROM=+14255550101 BODY=XYZ123
	@$(WITH_RUNTIME) $(BIN)/python -m lab.send_text

tables: setup ## Show the tables of the running lab
	@$(WITH_RUNTIME) $(BIN)/python -m lab.show_tables

format: setup ## Format the code and fix what lint can fix
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

snapshots: setup ## Update the snapshots of the stacks
	@$(PYTEST) tests/infra --snapshot-update
	@echo 'Review the change before you commit it: git diff tests/infra'

lock: setup ## Resolve the versions in pyproject.toml and package.json and lock them with hashes
	@$(UV_COMPILE) pyproject.toml --group dev -o requirements-dev.txt
	@$(UV_COMPILE) pyproject.toml -c requirements-dev.txt -o requirements.txt
	@$(UV_COMPILE) --group pyproject.toml:runtime -c requirements-dev.txt -o lambda/requirements.txt
	@$(UV_COMPILE) --group pyproject.toml:console -c requirements-dev.txt -o lambda/console-requirements.txt
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund --loglevel=error
	@! grep -nE '(https?|file)://' requirements.txt requirements-dev.txt lambda/*requirements.txt package-lock.json || \
		{ echo 'A lock file must not name a registry or a path of this machine.' >&2; exit 1; }

picture: setup ## Draw the picture of the demo in the README
	@$(WITH_RUNTIME) $(BIN)/python -m lab.demo --picture docs/images/demo.svg | cat

screenshots: setup ## Take the pictures of the console for the documentation
	@SCREENSHOTS=$(CURDIR)/docs/images/console $(PYTEST) tests/lab/test_console_in_browser.py tests/integration/console/test_fill_pages_in_browser.py

synth: setup ## Synthesize the CloudFormation template of an environment: make synth ENV=prod
	@$(CDK) synth --context env=$(ENV) --output cdk.out/$(ENV)

deploy: setup ## Deploy an environment to the AWS account of your credentials: make deploy ENV=dev
	@$(CDK) deploy --context env=$(ENV) --output cdk.out/$(ENV) || { echo 'The deployment failed. docs/deploying.md lists what it needs.' >&2; exit 1; }

clean: ## Remove everything that make created
	rm -rf $(VENV) node_modules cdk.out build dist site .lab .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
