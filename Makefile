# Everything a developer does here, by name. `make` alone says what there is.
.DEFAULT_GOAL := help
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory --no-builtin-rules

PORT ?= 8000
# Which Python makes .venv: the first of 3.11 or newer, or the one you name (PYTHON=python3.12).
export PYTHON

PY := .venv/bin/python
TEMPLATES = $(shell find templates errors/templates -name '*.html' -o -name '*.txt' 2>/dev/null)
# Checks must never open or create the database of the site on this machine.
NO_DATABASE := DATABASE_URL=sqlite://:memory:
PRODUCTION = DEBUG=0 ALLOWED_HOSTS=faq.example.jp $(NO_DATABASE) \
  SECRET_KEY="$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))')"

.PHONY: help
help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' Makefile

.PHONY: run
run: site ## Serve the site on http://127.0.0.1:8000 (another port: PORT=8123)
	@printf '\n  %s\n  %s\n  %s\n\n' \
	  'The site        http://127.0.0.1:$(PORT)/' \
	  'Its admin       http://127.0.0.1:$(PORT)/admin/   (first staff account: make staff)' \
	  'Stop it with Ctrl-C.'
	@exec $(PY) manage.py runserver 127.0.0.1:$(PORT)

.PHONY: staff
staff: site ## Make a staff account for the admin
	@$(PY) manage.py createsuperuser

.PHONY: site
site: venv # the database with its tables and the shipped catalog
	@$(PY) manage.py migrate --verbosity 0
	@$(PY) manage.py loadcatalog

.PHONY: test
test: venv-dev ## Run all tests, also in Chromium: on SQLite, then on PostgreSQL with Redis
	@.ci/test

.PHONY: check
check: venv-dev ## Check style, types, settings, migrations, translations and the catalog
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	.venv/bin/djade --target-version 5.2 --check $(TEMPLATES)
	.venv/bin/djhtml --tabwidth 2 --check $(TEMPLATES)
	$(PY) -m mypy
	@echo 'manage.py check --deploy, as in production'
	@$(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING
	$(NO_DATABASE) $(PY) manage.py makemigrations --check --dry-run
	$(PY) .ci/check_messages.py
	.ci/check_catalog
	$(PY) .ci/write_glossary.py --check
	.ci/check_deploy
	@.ci/vulnerabilities || [ $$? = 3 ] # where the database cannot be asked, it says so

.PHONY: vulnerabilities
vulnerabilities: venv ## Look the dependencies up among known ones; status 3: could not be asked
	.ci/vulnerabilities

.PHONY: audit
audit: venv-dev audit-tools ## Measure speed, accessibility, markup and weight as production serves them
	$(PY) -m audit

.PHONY: screenshots
screenshots: venv-dev ## Take pictures of every page into screenshots/ (README=1, DOCS=1: those of the docs)
	$(PY) -m audit.screenshots $(if $(README),--readme) $(if $(DOCS),--docs)

.PHONY: audit-tools
audit-tools:
	@.ci/install-node audit

.PHONY: format
format: venv-dev ## Format code and templates, and mend what linters can mend
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	-.venv/bin/djade --target-version 5.2 $(TEMPLATES)
	.venv/bin/djhtml --tabwidth 2 $(TEMPLATES)

.PHONY: messages
messages: venv ## Collect interface texts into the .po files and compile them (needs gettext)
	$(PY) manage.py makemessages --locale ja --no-obsolete --no-wrap --add-location file
	$(PY) manage.py compilemessages --ignore .venv --verbosity 0

.PHONY: glossary
glossary: venv ## Write docs/glossary.md anew from the catalog's terms
	$(PY) .ci/write_glossary.py

.PHONY: bench
bench: venv-dev ## Measure reading, explaining and searching; table and drawing in bench/results/
	$(PY) -m bench

.PHONY: load
load: venv-dev ## Measure the stack of production on this machine (needs PostgreSQL, Redis, nginx, wrk)
	@.ci/services $(PY) -m deploy.rehearsal.load

.PHONY: chaos
chaos: venv-dev ## Kill its parts under load, and see what is lost (needs the same)
	@DURABLE=1 .ci/services $(PY) -m deploy.rehearsal.chaos

FUZZ_SECONDS ?= 60
.PHONY: fuzz
fuzz: venv ## Look for a paste that breaks the explaining (longer: FUZZ_SECONDS=600)
	@.ci/install requirements-fuzz.txt
	@mkdir -p .fuzz
	$(PY) -m errors.tests.fuzz -max_total_time=$(FUZZ_SECONDS) -max_len=60000 .fuzz

.PHONY: requirements
requirements: ## Compile requirements*.in with hashes, newest versions (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --upgrade requirements.in -o requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --upgrade requirements-dev.in -o requirements-dev.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --upgrade requirements-fuzz.in -o requirements-fuzz.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --upgrade requirements-vulnerabilities.in -o requirements-vulnerabilities.txt

.PHONY: clean
clean: ## Remove .venv and caches; the database stays
	rm -rf .venv .vulnerabilities .fuzz .mypy_cache .ruff_cache .pytest_cache .hypothesis staticfiles test-results screenshots audit/node_modules bench/results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: venv venv-dev
venv: # what the site needs
	@.ci/install requirements.txt
venv-dev: venv # and what tests and checks need besides
	@.ci/install requirements-dev.txt
