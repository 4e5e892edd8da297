# make repro   set up everything, run the pipeline on the generated photos, show the figures
# make test    set up everything (Chromium too, if apt has it), check types, style and imports, run all tests
# make cross-validate DATA=folder   cross-validate on your own labelled photos (OPTIONS="--ablations", ...)
# make bench [DATA=folder]   measure the whole speed table (OPTIONS="ocr --runs 3": some of it, only printed)
# make fault-injection              inject faults at length (NAMES="hostile", ...)
# make dist    build the wheel and the sdist, with the model inside, in dist/
# make setup   only set up: .venv, pinned packages, Tesseract

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.setup
# With tests and checks.
DEV_STAMP := $(VENV)/.setup-dev
INSTALL := python -m pip install --quiet --disable-pip-version-check --no-compile --no-deps
# On all cores. Packages' own tests are not compiled; some packages ship templates that are no Python, an error each.
COMPILE = $(BIN)/python -m compileall -q -j 0 -x '/tests?/' $(VENV)/lib >/dev/null 2>&1 || true
# Stages call `imagequant`; DVC finds it and its Python on the path.
export PATH := $(CURDIR)/$(BIN):$(PATH)
# DVC sends no usage statistics.
export DVC_NO_ANALYTICS := 1

.PHONY: setup repro dist bench cross-validate fault-injection test lint format tesseract chromium clean

setup: $(STAMP) tesseract

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "imagequant needs Python 3.11 or later; set PYTHON=/path/to/python3"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) \
		|| { echo "python cannot make a virtual environment; on Debian: apt-get install python3-venv"; exit 1; }
	@echo "setup: installing pinned packages into $(VENV) (torch is large; minutes on a slow line)"
	@# pip unpacks on one core. CUDA's libraries and Triton are half of all bytes, so two pips share the work.
	@grep -E '^(nvidia|triton)' requirements.lock >$(VENV)/cuda.lock
	@grep -vE '^(nvidia|triton)' requirements.lock >$(VENV)/other.lock
	@printf '%s\n' cuda other | xargs -P 2 -I {} $(BIN)/$(INSTALL) -r $(VENV)/{}.lock
	@$(COMPILE)
	@$(BIN)/$(INSTALL) --no-build-isolation --editable .
	@touch $@

$(DEV_STAMP): requirements-dev.lock $(STAMP)
	@echo "setup: installing what tests and checks need"
	@$(BIN)/$(INSTALL) -r requirements-dev.lock
	@$(COMPILE)
	@touch $@

tesseract:
	@sh .ci/install-tesseract

chromium:
	@sh .ci/install-chromium

repro: setup
	@dvc repro
	@imagequant summary

dist: setup $(DEV_STAMP)
	@dvc repro
	@.ci/dist

cross-validate: setup
	@test -n "$(DATA)" || { echo "make cross-validate DATA=folder: a folder with labelled CSV files and their photos"; exit 1; }
	@imagequant cross-validate "$(DATA)" $(OPTIONS)

bench: setup $(DEV_STAMP)
	@# The exported model and the generated photos are measured, too.
	@dvc repro
	@python -m benchmarks.speed $(if $(DATA),--data "$(DATA)") $(OPTIONS)

fault-injection: setup $(DEV_STAMP)
	@python -m benchmarks.faults $(NAMES)

lint: $(DEV_STAMP)
	@ruff check src tests benchmarks docs
	@ruff format --check src tests benchmarks docs
	@mypy
	@lint-imports --no-cache

test: setup chromium lint
	@# Whatever locale a library sets meanwhile, tests read and write UTF-8.
	@PYTHONUTF8=1 python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder # a file's tests share fixtures

format: $(DEV_STAMP)
	@ruff format src tests benchmarks docs
	@ruff check --fix src tests benchmarks docs

clean:
	rm -rf $(VENV) .cache .pytest_cache .mypy_cache .ruff_cache
