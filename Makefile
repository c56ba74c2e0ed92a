# Minuta. `make help` lists the targets.
VENV := .venv
PY := $(VENV)/bin/python
MINUTA := $(VENV)/bin/minuta
BROWSER := web/browser
SUDO := $(shell [ "$$(id -u)" = 0 ] || command -v sudo)
PYTHON ?= python3
APT := chromium firefox-esr postgresql redis-server coturn janus poppler-utils fonts-dejavu-core iproute2 nftables procps hledger qpdf libpdfbox2-java libcommons-io-java libjaxb-api-java default-jre-headless gcc libc6-dev python3-dev

.DEFAULT_GOAL := help
.PHONY: help setup relay run demo test check fix nightly bench lock tools system oracles screenshots samples docs clean

help: ## this list
	@grep -hE '^[a-z]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 10

setup: $(VENV)/.product relay web/static/.built ## virtual environment and front-end build

$(VENV)/.product: requirements.txt setup.cfg
	test -x $(PY) || $(PYTHON) -m venv $(VENV) || { $(SUDO) apt-get update -qq; $(SUDO) apt-get install -y -qq python3-venv; $(PYTHON) -m venv --clear $(VENV); }
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

relay: $(VENV)/.product ## compile the relay's inner loop, where there is a compiler
	@$(PY) -m relay.embedded.compiling

$(BROWSER)/node_modules/.ready: $(BROWSER)/package-lock.json
	cd $(BROWSER) && npm ci --no-audit --no-fund --loglevel=error
	touch $@

web/static/.built: $(BROWSER)/node_modules/.ready $(shell find $(BROWSER)/src $(BROWSER)/styles web/locale -type f 2>/dev/null) $(BROWSER)/vite.config.ts
	$(VENV)/bin/python -m web.locale.compile
	cd $(BROWSER) && npm run --silent build
	touch $@

tools: setup $(VENV)/.tools ## what tests and checks need beside the product
$(VENV)/.tools: requirements-dev.txt
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

system: ## Debian packages for tests
	@for p in $(APT); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then $(SUDO) apt-get update -qq && \
	DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends $$missing; fi

oracles: tools ## foreign judges of our Stripe rail, each in an environment of its own
	@$(PY) -m tests.stripe.oracles

run: setup ## serve on http://localhost:8080 with SQLite, the embedded relay and demo accounts; RELAY=janus with Janus
	MINUTA_RELAY=$(or $(RELAY),$(MINUTA_RELAY),embedded) $(MINUTA) serve --demo

demo: setup ## the main job by itself, with real media, for both plans
	$(MINUTA) demo

test: tools system oracles ## every test, on SQLite and PostgreSQL, in browsers too
	@$(PY) -m relay.embedded.compiling
	$(PY) -m pytest -rs -m "not nightly" -n 2 --durations 40 $(T)

check: tools ## format, lint, types, imports, house rules
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(PY) -m pytest tests/test_house.py -p no:randomly
	cd $(BROWSER) && npm run --silent check

fix: tools ## mend format and imports
	$(VENV)/bin/ruff check --fix -q . ; $(VENV)/bin/ruff format -q .
	cd $(BROWSER) && npx prettier --write --log-level warn .

nightly: tools system oracles ## the long suites; T=<name> runs one
	@$(PY) -m relay.embedded.compiling
	$(PY) -m pytest -m nightly --timeout 7200 $(if $(T),-k $(T))

bench: tools system ## benchmarks beside their peers and limits; T=<name> runs one
	@$(PY) -m relay.embedded.compiling
	$(PY) -m bench $(T)

lock: ## write the lock files again (needs uv)
	uv pip compile -q --generate-hashes --no-header --no-emit-index-url --python-version 3.11 requirements.in -o requirements.txt
	uv pip compile -q --generate-hashes --no-header --no-emit-index-url --python-version 3.11 requirements-dev.in -o requirements-dev.txt

screenshots: tools system ## the pictures of the readme and of every kind of page
	$(PY) -m tests.web.screenshots
	$(PY) -m tests.web.gallery

samples: tools system ## a paper of every kind, Russian and English, into docs/samples
	$(PY) -m tests.reports.samples

docs: ## draw the architecture page and state tables again
	$(PY) docs/draw.py
	$(PY) -m broker.sessions.states > docs/states.md

clean: ## forget everything that was built
	rm -rf $(VENV) .oracles web/static $(BROWSER)/node_modules var
