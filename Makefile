# Everything starts here. It needs Python 3.11 or newer, git and GNU make; nothing else.
PYTHON ?= python3
PORT ?= 8000
SPEED ?=

BIN := .venv/bin
# The pip of the lock file comes first: it reads an index twice as fast as Python 3.11's own.
# The lock names every package with its hash, so pip has nothing to resolve. What is used is
# compiled when it is first loaded: a machine that forbids that would compile at every start.
INSTALL = install --quiet --quiet --disable-pip-version-check --no-deps --no-compile
export PYTHONDONTWRITEBYTECODE =
# pip's time goes into choosing among an index's files: two at once, each with every other
# package of the lock files $(1), share it.
define INSTALL_LOCKED
@cat $(1) | awk '/^[a-z]/ {skip = seen[$$0]++ || /^pip==/; part = ++n % 2} \
	!skip {print > ".venv/part" part ".txt"}'
@$(BIN)/python -m pip $(INSTALL) --require-hashes -r .venv/part0.txt & \
	$(BIN)/python -m pip $(INSTALL) --require-hashes -r .venv/part1.txt; status=$$?; wait $$! && exit $$status
endef
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header

# Only the folder is closed to others: a container reads the files as a user of its own.
define MAKE_SECRETS
import os, secrets
os.umask(0o022)
password = secrets.token_hex(24)
files = {
    "postgres_password": password,
    "database_url": f"postgresql://rollout:{password}@postgres:5432/rollout",
    "mail": "mailbox:",
    "secret_key": secrets.token_urlsafe(48),
}
for name, text in files.items():
    with open(name, "x") as file:
        file.write(text + "\n")
print("Written to secrets/. Put your mail server in secrets/mail: smtp://user:password@host:587?tls=starttls")
endef
export MAKE_SECRETS

.DEFAULT_GOAL := help
.PHONY: help env dev-env demo check docs quick test faults bench secrets lock clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "Variables: PORT=$(PORT) (demo), SPEED=$(or $(SPEED),none) (demo: 86400 is a day a second), PYTHON=$(PYTHON)"

env: .venv/.project ## build the environment in .venv; a second time it takes no time

dev-env: .venv/.project .venv/.dev ## the environment with everything that checks and tests need

demo: env ## a made-up provider with customers and a campaign, on PORT; SPEED drives the clock
	@$(if $(SPEED),ROLLOUT_CLOCK=$$(date -u +%Y-%m-%dT%H:%MZ)@$(SPEED)) \
		$(BIN)/rollout up --demo --port $(PORT) --data .work/demo

check: dev-env ## format, lint, types, floors, unused code, templates, documents in step
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/python -m tests.house.unused
	$(BIN)/djlint rollout/templates --lint --quiet
	$(BIN)/python -m rollout.docs --check

docs: env ## write docs/commands.md and docs/settings.md anew
	$(BIN)/python -m rollout.docs

test: dev-env ## every test; the end counts what was skipped and names it
	$(BIN)/python -m pytest -p tests.house.no_skips -n 2 --dist loadfile

quick: dev-env ## the everyday tests: SQLite only, no browser, no servers
	$(BIN)/python -m pytest -n 2 --dist loadfile -k "not postgresql" --ignore tests/browser \
		--ignore tests/scaled --ignore tests/faults --ignore tests/bench

faults: dev-env ## kill, cut and restart everything while letters leave; writes docs/faults.md
	$(BIN)/python -m tests.faults --long

bench: dev-env ## every figure of docs/bench.md, measured anew
	$(BIN)/python -m tests.bench

secrets: ## passwords and keys of docker-compose.yml, made once, in secrets/
	@umask 077 && mkdir -p secrets && cd secrets && test -e secret_key || $(PYTHON) -c "$$MAKE_SECRETS"

lock: ## pin every package anew, with hashes (needs uv)
	$(COMPILE) pyproject.toml -o requirements.txt
	$(COMPILE) pyproject.toml --group dev -c requirements.txt -o requirements-dev.txt
	$(COMPILE) --group build -c requirements-dev.txt -o requirements-build.txt
	$(COMPILE) tests/bench/requirements-peers.in -o tests/bench/requirements-peers.txt

clean: ## remove the environment, caches and the demo's data
	rm -rf .venv .work dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than\
	 Python 3.11, or missing. Name a newer one, such as: make $(MAKECMDGOALS) PYTHON=python3.13" >&2; exit 1; }
	@mkdir -p .venv && awk '/^[a-z]/ {mine = /^pip==/} mine' requirements-build.txt > .venv/pip.txt
	@$(PYTHON) -m venv --without-pip .venv && $(PYTHON) -m pip --python $(BIN)/python $(INSTALL) \
	 --require-hashes -r .venv/pip.txt 2>/dev/null || { $(PYTHON) -m venv --clear .venv \
	 && awk '/^[a-z]/ {mine = /^pip==/} mine' requirements-build.txt > .venv/pip.txt \
	 && $(BIN)/python -m pip $(INSTALL) --require-hashes -r .venv/pip.txt; }
	@touch $@

.venv/.packages: .venv/.made requirements.txt requirements-build.txt
	@echo "Installing the packages of requirements.txt in .venv ..."
	$(call INSTALL_LOCKED,requirements.txt requirements-build.txt)
	@touch $@

.venv/.project: .venv/.packages pyproject.toml
	@$(BIN)/python -m pip $(INSTALL) --no-build-isolation --no-index --editable .
	@touch $@

.venv/.dev: .venv/.project requirements-dev.txt
	@echo "Installing the packages of requirements-dev.txt in .venv ..."
	$(call INSTALL_LOCKED,requirements-dev.txt)
	@touch $@
