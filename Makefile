# social_bot: `make demo` shows it, `make test` proves it.
PORT ?= 8000
PYTHON ?= python3
DEMO := .venv-demo
DEV := .venv-dev

.PHONY: help demo demo-reset test check types style bench faults lock sbom audit

help:  ## show the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/'

demo: $(DEMO)/.installed  ## start everything on http://127.0.0.1:8000 with a sample organisation (PORT= changes it)
	SOCIAL_BOT_DATA_DIR=.demo SOCIAL_BOT_CACHE_DIR=.demo/cache $(DEMO)/bin/social-bot demo --port $(PORT)

demo-reset:  ## forget the demo's data
	rm -rf .demo

test: $(DEV)/.installed  ## run all tests, on PostgreSQL too when TEST_POSTGRES_URL is set
	$(DEV)/bin/python -m pytest -n 3 --dist loadgroup

check: types style  ## lint, types, layers, dependencies, texts (with -j2 side by side)

types: $(DEV)/.installed
	$(DEV)/bin/mypy

style: $(DEV)/.installed
	$(DEV)/bin/ruff check .
	$(DEV)/bin/ruff format --check .
	$(DEV)/bin/lint-imports
	$(DEV)/bin/deptry .
	$(DEV)/bin/djlint templates/web templates/practice --lint
	$(DEV)/bin/social-bot campaign check campaigns/*.yaml

bench: $(DEV)/.installed  ## measure; docs/performance.md keeps the figures
	$(DEV)/bin/python tests/bench/deciding.py
	$(DEV)/bin/python -W ignore tests/bench/month.py
	$(DEV)/bin/python -W ignore tests/bench/tracking.py --full
	for each in webhooks answering publishing sizes; do \
		$(DEV)/bin/python -W ignore -m tests.bench.$$each --quick || exit 1; done
	$(DEV)/bin/python -W ignore -m tests.bench.process --messages 2500

sbom: $(DEV)/.installed  ## write sbom.json: what an installation is made of (CycloneDX)
	$(DEV)/bin/python -W ignore -m cyclonedx_py requirements requirements.lock --pyproject pyproject.toml --of JSON -o sbom.json

audit: $(DEV)/.installed  ## look for known weaknesses of what is installed (asks the network)
	$(DEV)/bin/pip-audit --require-hashes --disable-pip --requirement requirements.lock

faults: $(DEV)/.installed  ## break the program on purpose 2,000 times; docs/faults.md keeps the record
	$(DEV)/bin/python -W ignore -m tests.faults --count 2000 --record docs/faults.md

lock:  ## renew both lock files (needs uv)
	uv pip compile -q --universal --generate-hashes --python-version 3.11 pyproject.toml --extra pdf -o requirements.lock
	uv pip compile -q --universal --generate-hashes --python-version 3.11 pyproject.toml --group dev -o tests/requirements.lock

$(DEMO)/.installed: requirements.lock pyproject.toml
	@echo "Installing into $(DEMO): about a minute, once."
	$(PYTHON) -m venv $(DEMO)
	$(DEMO)/bin/pip install --quiet --progress-bar on --require-hashes --requirement requirements.lock
	$(DEMO)/bin/pip install --quiet --no-deps --editable .
	@touch $@

$(DEV)/.installed: tests/requirements.lock pyproject.toml
	@echo "Installing into $(DEV): about two minutes, once."
	$(PYTHON) -m venv $(DEV)
	$(DEV)/bin/pip install --quiet --progress-bar on --require-hashes --requirement tests/requirements.lock
	$(DEV)/bin/pip install --quiet --no-deps --editable .
	@touch $@
