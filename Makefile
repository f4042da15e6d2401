# The one developer command. `make demo` and `make test` set up what they need in .venv, from the lock.

# the first Python that is new enough; `make PYTHON=/path/to/python` takes another
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,$(shell $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $(name))))
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help demo test lint format golden docs schemas custom-schemas lock bench clean

help: ## Show what there is.
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

demo: $(READY) ## Compile the examples into build/demo and say what to do next.
	@rm -rf build/demo && mkdir -p build && cp -R examples build/demo
	@$(BIN)/kgen compile build/demo

test: $(READY) ## Run all tests.
	$(BIN)/pytest -n 2 --dist worksteal

lint: $(READY) ## Check style and types.
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(READY) ## Format the code and fix what can be fixed.
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

golden: $(READY) ## Write the expected outputs anew; the diff is the review.
	$(BIN)/pytest -q tests/test_golden.py tests/test_validate_golden.py tests/test_upgrade.py --update-golden
	git status --short golden

schemas: $(READY) ## Rebuild schemas/ from the pinned kubernetes-validate.
	$(BIN)/python scripts/build_schemas.py

custom-schemas: $(READY) ## Rebuild schemas/custom from packages in build/custom-packages; says which are missing.
	$(BIN)/python scripts/build_custom_schemas.py

docs: $(READY) ## Write docs/app.md and docs/rules from the code.
	$(BIN)/python scripts/build_docs.py

bench: $(READY) ## Measure start-up, and `kgen validate` beside other tools (3 minutes).
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/validate.py

lock: ## Pin the newest versions of everything in pyproject.toml (needs uv).
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 \
		--generate-hashes --no-header --no-annotate --upgrade --quiet --output-file requirements-dev.txt

clean: ## Remove everything that was built.
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(READY): requirements-dev.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "kgen needs Python 3.11 or newer: make PYTHON=/path/to/python" >&2; exit 1; }
	@echo "setting up $(VENV) with $(PYTHON) (about a minute, once)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q kgen  # as pip does for what is not editable
	@touch $@
