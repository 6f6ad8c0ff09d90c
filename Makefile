# install, demo, test are all that a newcomer needs; the rest is for those who change the code.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
JOBS ?= $(shell nproc 2>/dev/null || echo 2)

.PHONY: install demo test test-long bench notebooks docs check clean

install: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "vicinal needs Python 3.11 or newer; name one with make PYTHON=python3.11 install")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[all,dev,docs]'
	touch $@

demo: $(STAMP)
	$(BIN)/vicinal reproduce --scale smoke

test: $(STAMP)
	OMP_NUM_THREADS=1 $(BIN)/pytest -m 'not long' -n $(JOBS)

test-long: $(STAMP)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[ray]'
	OMP_NUM_THREADS=1 $(BIN)/pytest -m long -n $(JOBS) --dist loadgroup

bench: $(STAMP)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[bench]'
	OMP_NUM_THREADS=1 $(BIN)/python benchmarks/bench.py

notebooks: $(STAMP)
	$(BIN)/python docs/notebooks/build.py

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright

docs: $(STAMP)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict
	@echo 'site/index.html is the first page; with its search: $(BIN)/python -m http.server --directory site'

clean:
	rm -rf .venv runs build dist site
