# Start with `make run` and `make test`. Each creates .venv by itself.
.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := .venv/bin
# pip.conf may ask for --user, which a virtual environment refuses.
export PIP_USER := 0

N := 1

# Each test process imports every test module. Bytecode files spare all but the first the compiling.
PYTEST := PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --no-loadscope-reorder
# More processes than cores: some tests wait while others compute.
PROCESSES := 4
UNMARKED := not browser and not learning and not security and not chaos and not containers and not aws
# Units and contracts that need neither servers nor TensorFlow.
LEARNING_TESTS := $(addprefix tests/unit/emojify_core/ml/, \
	correction_learning training model/test_network.py)
FAST_TESTS := tests/architecture tests/unit \
	$(addprefix --ignore=, tests/unit/worker/training $(LEARNING_TESTS))

# Runs a command and `make check` side by side, shows the output of both, fails if one fails.
define beside_checks
mkdir -p .venv/log; $(MAKE) --no-print-directory check >.venv/log/check 2>&1 & check=$$!; \
	tests=0; $(1) || tests=$$?; \
	checks=0; wait $$check || checks=$$?; \
	echo "--- make check"; cat .venv/log/check; \
	[ $$tests = 0 ] || echo "The tests failed." >&2; \
	[ $$checks = 0 ] || echo "make check failed." >&2; \
	[ $$tests = 0 ] && [ $$checks = 0 ]
endef

.PHONY: help run test test-fast test-thorough test-learning test-security test-browser test-containers test-aws check format
.PHONY: chaos chaos-long bench bench-batches bench-corrections bench-page bench-peers profile soak pictures
.PHONY: train model evaluate audit lock clean up down logs scale docker

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/run ## start everything on this machine: page, API, workers, Redis, Flower
	@exec $(BIN)/python -m deploy.local

test: .venv/dev ## lint, type-check and test (three minutes on two cores)
	@$(call beside_checks,$(PYTEST) --numprocesses $(PROCESSES))

test-fast: .venv/dev ## lint, type-check and run unit tests (under a minute)
	@$(call beside_checks,$(PYTEST) --numprocesses 2 -m "$(UNMARKED) and not hypothesis" $(FAST_TESTS))

test-thorough: .venv/dev ## run the property tests with all examples (some minutes)
	@$(PYTEST) --numprocesses $(PROCESSES) -m "hypothesis and $(UNMARKED)" --hypothesis-profile thorough

test-learning: .venv/dev ## run the tests that train real models (two minutes; needs PsychExp)
	@$(PYTEST) --numprocesses 2 -m learning

test-security: .venv/dev ## attack running stacks as a stranger would (five minutes)
	@$(BIN)/python -m pytest -m security

test-browser: .venv/dev ## check each view in a browser: looks, weight, without scripts (two minutes)
	@$(PYTEST) --numprocesses 3 -m browser

check: .venv/dev ## lint and type-check only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

format: .venv/dev ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

chaos: .venv/dev ## break running processes; nothing may be lost (some minutes)
	$(BIN)/python -m pytest -m chaos --hypothesis-profile thorough

chaos-long: .venv/dev ## run forty schedules of faults and write their table (half an hour; needs PsychExp)
	$(BIN)/python tests/chaos/run.py

bench: .venv/dev ## measure latency, throughput and memory; compare them with their limits
	$(BIN)/python tests/bench/run.py

bench-batches: .venv/dev ## measure batches of 100,000 and a million rows (some minutes)
	$(BIN)/python tests/bench/batches.py

bench-corrections: .venv/dev ## compare two ways to learn fifty corrections (needs PsychExp)
	$(BIN)/python tests/bench/corrections.py

bench-peers: .venv/dev .venv/peers ## compare with other servers of the same model (ten minutes)
	$(BIN)/python tests/bench/peers/run.py

pictures: .venv/dev ## take the README's pictures of the page
	$(BIN)/python tests/bench/pictures.py

bench-page: .venv/dev ## measure the weight and the speed of the page
	$(BIN)/python tests/bench/page.py

profile: .venv/dev ## measure each step of one prediction
	$(BIN)/python tests/bench/profile.py

soak: .venv/dev ## plot memory and latency over 100,000 predictions
	$(BIN)/python tests/bench/soak.py

train: .venv/dev ## download the data and train the model (half an hour)
	$(BIN)/emojify data fetch
	-$(BIN)/emojify data fetch-texts
	$(BIN)/emojify train

model: .venv/dev ## train the shipped model anew, with its word counts and figures (needs the network)
	$(BIN)/emojify data fetch
	$(BIN)/emojify data fetch-texts
	$(BIN)/emojify train --out emojify_core/ml/shipped
	$(BIN)/python research/word_counts.py
	$(BIN)/emojify evaluate --figures docs/figures

evaluate: .venv/dev ## evaluate the shipped model on its test rows
	$(BIN)/emojify evaluate

lock: .venv/dev ## resolve and hash the requirements for every platform
	$(BIN)/python deploy/lock.py

up: .env | docker ## start the whole stack in containers (needs Docker with Compose v2)
	@REVISION=$$(git rev-parse --short HEAD 2>/dev/null || echo unknown) \
		docker compose $(if $(PROFILE),--profile $(PROFILE)) up --build --detach --wait --remove-orphans
	@echo "Emojify answers at http://$$(docker compose port web 5000)"

down: ## stop the containers and keep their data
	docker compose --profile '*' down

logs: ## follow the logs of the containers
	docker compose --profile '*' logs --follow --tail=100

scale: .env | docker ## run N prediction workers: make scale N=3
	docker compose up --detach --wait --no-recreate --scale worker=$(N) worker

test-containers: .venv/dev | docker ## build the images and test them (needs Docker; many minutes)
	$(BIN)/python -m pytest -m containers tests/containers

test-aws: .venv/dev .venv/aws | docker ## deploy to a local stand-in for AWS (needs Docker; some minutes)
	$(BIN)/python -m pytest -m aws tests/aws

docker:
	@docker compose version >/dev/null 2>&1 || \
		{ echo "Install Docker with Compose v2: https://docs.docker.com/engine/install/" >&2; exit 1; }
	@docker info >/dev/null 2>&1 || \
		{ echo "The Docker engine does not answer. Start it, or ask for access to it." >&2; exit 1; }

.env:
	@umask 077 && sh deploy/compose/make-env >.env.new && mv .env.new .env
	@echo "Wrote .env with new secrets for this installation."

# The tool is fetched when it is used: it is no part of the project.
audit: .venv/dev ## ask whether pinned packages have known flaws (needs the network)
	@for list in requirements/*.txt; do echo "--- $$list"; \
		$(BIN)/uvx pip-audit --strict --disable-pip --require-hashes --progress-spinner off -r $$list || exit 1; done || \
		{ echo "A package has a known flaw, or the advisories could not be reached: read above." >&2; exit 1; }

clean: ## remove .venv and keep the data in .emojify
	rm -rf .venv

.venv/bin/python:
	@sh deploy/find-python.sh | { read -r python && "$$python" -m venv .venv; }

# One stamp for each set of packages. A changed list installs them again; a failure keeps the old stamp.
.venv/run .venv/dev: .venv/%: requirements/%.txt pyproject.toml | .venv/bin/python
	@echo "Installing the packages of requirements/$*.txt (once; some minutes) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/$*.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# Only the programs are used, so they get their own environment.
.venv/aws .venv/peers: .venv/%: requirements/%.txt | .venv/bin/python
	@echo "Installing the tools of requirements/$*.txt (once; some minutes) ..."
	@$(BIN)/python -m venv --clear .venv/$*-tools
	@.venv/$*-tools/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/$*.txt
	@touch $@
