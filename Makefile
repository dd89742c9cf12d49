# Two commands: `make site` builds the site, `make test` runs every check and test.
# Both need Python 3.11 or newer and nothing else; Node comes from PyPI. `make test-lens` loads the weights into TransformerLens,
# in an environment of its own, since that brings some sixty packages and their plug-ins for pytest.

PYTHON ?= python3
FLAGS ?=
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
NODE_MODULES := site_src/node_modules/.package-lock.json

.PHONY: site test test-engines test-lens check types style javascript serve clean browser
.DEFAULT_GOAL := site

site: .venv/.site $(NODE_MODULES)
	$(BIN)/python build.py $(FLAGS)

test: .venv/.test $(NODE_MODULES) browser
	$(MAKE) --jobs=2 types style javascript
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

check: style types

types: .venv/.test
	$(BIN)/mypy

style: .venv/.test $(NODE_MODULES)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/node site_src/node_modules/eslint/bin/eslint.js --config site_src/eslint.config.mjs site_src timeless/instruments tests/js

javascript: .venv/.site $(NODE_MODULES)
	$(BIN)/node --test tests/js/*.test.js

test-engines: .venv/.test $(NODE_MODULES)
	$(BIN)/python -m pytest tests/browser/engines/smoke.py $(FLAGS)

test-lens: .venv-lens/.made
	.venv-lens/bin/python -m pytest tests/lens.py

.venv-lens/.made: pyproject.toml constraints.txt constraints-lens.txt
	$(PYTHON) -m venv --clear .venv-lens
	.venv-lens/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -c constraints-lens.txt -e ".[lens]"
	touch $@

serve: .venv/.serve $(NODE_MODULES)
	$(BIN)/python build.py --serve $(FLAGS)

clean:
	rm -rf public public.* .cache test-results

browser: .venv/.test
	scripts/browser

$(BIN)/python:
	scripts/environment $(PYTHON)

.venv/.made: | $(BIN)/python
	scripts/environment $(PYTHON)

.venv/.site: $(BIN)/python .venv/.made pyproject.toml constraints.txt
	$(PIP) -e .
	touch $@

.venv/.serve: .venv/.site
	$(PIP) -e ".[serve]"
	touch $@

.venv/.test: .venv/.site
	$(PIP) -e ".[train,test]"
	touch $@

$(NODE_MODULES): .venv/.site site_src/package.json site_src/package-lock.json
	PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix site_src ci --no-fund --no-audit
	touch $@
