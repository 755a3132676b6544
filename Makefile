# make demo   one report the whole way, from nothing installed to delivered
# make tour   what may become of a run, on a whole Airflow
# make up     Airflow for good, until Ctrl-C
# make test   every test
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8080
UV := $(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --constraints constraints.txt

export PYTHONPATH := plugins:include
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo tour up test test-fast lint format constraints clean

help:  ## what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

demo: .venv/demo  ## deliver one report; REPORT=orders_all_channels another, FORCE=1 sends it again
	@$(BIN)/python -m demo.run $(REPORT) $(if $(FORCE),--force)

tour: .venv/demo  ## what may become of a run: skipped, waiting, stopped, held, warned, blank, alert
	@DEMO_FOLDER=$(CURDIR)/out/tour $(BIN)/python -m demo.tour --port $(PORT)

up: .venv/demo  ## start Airflow on localhost:PORT (8080) with all sample reports; Ctrl-C ends it
	@$(BIN)/python -m demo.up --port $(PORT)

test: .venv/dev  ## every test
	$(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

test-fast: .venv/dev  ## the tests without a running Airflow or browser
	$(BIN)/python -m pytest -n auto --dist loadfile -m "not airflow and not browser" $(ARGS)

lint: .venv/dev  ## what CI would complain of
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/dev  ## put the code into its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

constraints: .venv/dev  ## take the newest versions that work together into constraints.txt
	$(BIN)/uv pip compile --quiet --universal --upgrade --all-extras --group dev --no-header --no-annotate \
	    --no-emit-index-url --output-file constraints.txt pyproject.toml

clean:  ## remove what the commands above made
	rm -rf .venv .airflow out

.venv/bin/uv:
	@echo "Making a virtual environment in .venv"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || (echo "Python 3.11 or newer is needed; name one: make PYTHON=python3.12 …" && false)
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check uv

.venv/demo: .venv/bin/uv pyproject.toml constraints.txt
	@echo "Installing Airflow and what the reports need (half a minute)"
	@$(UV) --editable ".[demo]"
	@touch $@

.venv/dev: .venv/demo
	@echo "Installing what the tests need"
	@$(UV) --editable ".[demo,postgres]" --group dev
	@touch $@
