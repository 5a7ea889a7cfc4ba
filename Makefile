# Two commands matter: `make demo` and `make test`. Both need Python 3.11 or newer and nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python -X utf8

.PHONY: demo test check install install-dev bench lock clean

demo: $(VENV)/.installed  ## build Musterstadt, compute everything, open the dashboard
	$(RUN) -m qmgis demo $(ARGS)

test: $(VENV)/.installed-dev  ## all tests, import contracts and doctests
	$(RUN) -m pytest -n auto --dist loadfile $(ARGS)

check: $(VENV)/.installed-dev  ## what CI runs before the tests: format, lint, types, contracts, spelling
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/codespell

bench: $(VENV)/.installed-bench  ## ratios against peers, printed as a table
	$(RUN) -m benchmarks $(ARGS)

install: $(VENV)/.installed
install-dev: $(VENV)/.installed-dev

$(VENV)/.installed: requirements.lock
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.installed-dev: requirements-dev.lock
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(VENV)/.installed $@

$(VENV)/.installed-bench: requirements-bench.lock $(VENV)/.installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	touch $@

lock:  ## pin every dependency with hashes and without index addresses (needs uv)
	uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate --upgrade -q -o requirements.lock
	uv pip compile pyproject.toml --group build --group dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate -q -c requirements.lock -o requirements-dev.lock
	uv pip compile --group bench --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate -q -c requirements-dev.lock -o requirements-bench.lock

clean:
	rm -rf $(VENV) out artefacts .pytest_cache .mypy_cache .ruff_cache .hypothesis
