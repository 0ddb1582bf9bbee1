# The two commands that matter: `make run` and `make test`. Each sets up .venv by itself.
.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := .venv/bin

N := 1

# Every test process reads all test modules: let the first one keep them compiled.
PYTEST = PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --no-loadscope-reorder
PROCESSES := 4
DEFAULT := not learning and not chaos and not containers and not aws
FAST := tests/architecture tests/unit

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

.PHONY: help run test test-fast test-thorough test-learning check format train evaluate chaos chaos-long bench bench-batches bench-corrections bench-page
.PHONY: pictures profile soak lock clean
.PHONY: up down logs scale docker test-containers test-aws

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/run ## start everything on this machine: page, API, worker, Redis, Flower
	@exec $(BIN)/python -m deploy.local

test: .venv/dev ## lint, type-check and test (three minutes on two cores)
	@$(call beside_checks,$(PYTEST) --numprocesses $(PROCESSES))

test-fast: .venv/dev ## the same without browser, servers and TensorFlow (under a minute)
	@$(call beside_checks,$(PYTEST) --numprocesses 2 -m "$(DEFAULT) and not hypothesis" $(FAST))

test-thorough: .venv/dev ## property tests with all their examples (some minutes)
	@$(PYTEST) --numprocesses $(PROCESSES) -m "hypothesis and $(DEFAULT)" --hypothesis-profile thorough

test-learning: .venv/dev ## train, fine-tune and judge real models (six minutes; needs PsychExp)
	@$(PYTEST) --numprocesses 2 -m learning

check: .venv/dev ## lint and type-check only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

format: .venv/dev ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

chaos: .venv/dev ## break everything that can break, on real processes (some minutes)
	$(BIN)/python -m pytest -m chaos --hypothesis-profile thorough

chaos-long: .venv/dev ## forty schedules of faults, and their table (half an hour; needs PsychExp)
	$(BIN)/python tests/chaos/run.py

bench: .venv/dev ## measure latency, throughput and memory against their limits, in one run
	$(BIN)/python tests/bench/run.py

bench-batches: .venv/dev ## 100,000 rows and a million short ones through the API (some minutes)
	$(BIN)/python tests/bench/batches.py

bench-corrections: .venv/dev ## fifty corrections, the article's way and ours (needs PsychExp)
	$(BIN)/python tests/bench/corrections.py

pictures: .venv/dev ## take the README's pictures of the page again
	$(BIN)/python tests/bench/pictures.py

bench-page: .venv/dev ## measure the page: its weight, when it is usable, when an answer is seen
	$(BIN)/python tests/bench/page.py

profile: .venv/dev ## show where the milliseconds of one prediction go
	$(BIN)/python tests/bench/profile.py

soak: .venv/dev ## 100,000 predictions: memory and latency over time, as a picture
	$(BIN)/python tests/bench/soak.py

train: .venv/dev ## get the data and train the model from scratch (some ten minutes)
	$(BIN)/emojify data fetch
	-$(BIN)/emojify data fetch-texts
	$(BIN)/emojify train

evaluate: .venv/dev ## measure the shipped model on the rows it never saw
	$(BIN)/emojify evaluate

lock: .venv/dev ## resolve the requirements again, for every platform, with hashes
	$(BIN)/python deploy/lock.py

up: .env | docker ## start the whole stack in containers (needs Docker with Compose v2)
	@REVISION=$$(git rev-parse --short HEAD 2>/dev/null || echo unknown) \
		docker compose $(if $(PROFILE),--profile $(PROFILE)) up --build --detach --wait --remove-orphans
	@echo "Emojify answers at http://$$(docker compose port web 5000)"

down: ## stop the containers; what they keep stays
	docker compose --profile '*' down

logs: ## follow the containers' logs
	docker compose --profile '*' logs --follow --tail=100

scale: .env | docker ## run N prediction workers: make scale N=3
	docker compose up --detach --wait --no-recreate --scale worker=$(N) worker

test-containers: .venv/dev | docker ## build and break the stack in containers (needs Docker; many minutes)
	$(BIN)/python -m pytest -m containers tests/containers

test-aws: .venv/dev .venv/aws | docker ## deploy to a stand-in for AWS, up to a host that answers (needs Docker; some minutes)
	$(BIN)/python -m pytest -m aws tests/aws

docker:
	@docker compose version >/dev/null 2>&1 || \
		{ echo "This needs Docker with Compose v2: https://docs.docker.com/engine/install/" >&2; exit 1; }
	@docker info >/dev/null 2>&1 || \
		{ echo "Docker's engine does not answer: is it running, and may you use it?" >&2; exit 1; }

.env:
	@umask 077 && sh deploy/compose/make-env >.env.new && mv .env.new .env
	@echo "Wrote .env with this installation's secrets."

clean: ## remove .venv (the data in .emojify stays)
	rm -rf .venv

.venv/bin/python:
	@sh deploy/find-python.sh | { read -r python && "$$python" -m venv .venv; }

# A stamp for each set of packages: remade when its list changes, kept when an install fails.
.venv/run .venv/dev: .venv/%: requirements/%.txt pyproject.toml | .venv/bin/python
	@echo "Installing packages for '$*' (once; some minutes on a slow line) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/$*.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# Programs that are run, never imported: in an environment of their own.
.venv/aws: requirements/aws.txt | .venv/bin/python
	@echo "Installing the tools for AWS (once; some minutes on a slow line) ..."
	@$(BIN)/python -m venv --clear .venv/aws-tools
	@.venv/aws-tools/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/aws.txt
	@touch $@
