# Each target's explanation stands after its two hashes; `make` alone prints them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
LOCKED := poetry.lock pyproject.toml util/setup.sh
# Processes that share the tests; the live tests run by themselves at the end.
JOBS ?= auto
# More words for the command of test, demo or benchmark: make test ARGS="-k cors"
ARGS ?=
# The port of the demo: make demo PORT=5001
PORT ?=
# The interpreter that .venv is made from; the newest suitable one when empty.
PYTHON ?=
export PYTHON

.PHONY: help setup demo test lint format benchmark clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

setup: .venv/.ready-all ## prepare .venv from poetry.lock, with everything that developing needs
	@:

# What a full set-up has, running needs no second time.
demo: $(if $(wildcard .venv/.ready-all),.venv/.ready-all,.venv/.ready-demo) ## make a mock catalogue once and serve it on this machine
	@$(BIN)/python -m datagateway_api demo $(if $(PORT),--port $(PORT)) $(ARGS)

test: setup ## run every test that can run here
	@$(BIN)/python -m pytest -n $(JOBS) --maxprocesses 4 --dist loadscope $(ARGS)

lint: setup ## check format, style, types and who imports whom
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: setup ## format the code and mend what can be mended by itself
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

benchmark: setup ## measure requests per second and CPU time per request
	@$(BIN)/python -m util.benchmark $(ARGS)

clean: ## remove everything these targets made, the mock catalogue included
	rm -rf .venv .tools .demo .nox .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache dist

.venv/.ready-%: $(LOCKED)
	@util/setup.sh $*
