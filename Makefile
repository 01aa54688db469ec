# make app     set up what is missing and open the dashboard
# make test    set up what is missing and pass the tests
# make help    everything else

VENV ?= .venv
# The newest of the supported Pythons that is there; PYTHON=/path/to/python3.12 chooses another.
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3 python; do \
	$$name -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && { echo $$name; break; }; done)
PORT ?= 8501
RUN = $(VENV)/bin/python
SOURCES = app.py pages genre_core tests benchmarks docs
# Where Python may not keep what it compiled, each start compiles thousands of modules anew: TensorFlow then takes 12 s instead of 5.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help app test check format bench bench-features bench-app bench-explore bench-scale bench-peers demo demo-runs musicnn lock clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 14

app: $(VENV)/.installed  ## set up and open the dashboard
	$(RUN) -m streamlit run app.py --server.port $(PORT) --server.headless false

test: $(VENV)/.installed-dev $(VENV)/.browser  ## set up and run all tests
	$(RUN) -m pytest -n 3 --no-loadscope-reorder

check: $(VENV)/.installed-dev  ## formatting, lint, types, doctests
	$(RUN) -m ruff format --check $(SOURCES)
	$(RUN) -m ruff check $(SOURCES)
	$(RUN) -m mypy
	$(RUN) -m pytest -q --doctest-modules genre_core -p no:cacheprovider

format: $(VENV)/.installed-dev  ## put code into the house's format
	$(RUN) -m ruff format $(SOURCES)
	$(RUN) -m ruff check --fix $(SOURCES)

bench: bench-features bench-app bench-explore  ## measure features, app and Explore anew; the tables go to docs/benchmarks.md

bench-features: $(VENV)/.installed  ## features against librosa and, after bench-peers, other libraries; AUDIO=folder
	$(RUN) -m benchmarks.features $(if $(AUDIO),--audio "$(AUDIO)")

bench-app: $(VENV)/.installed-dev $(VENV)/.browser  ## start, reruns, bytes and memory of the dashboard; AUDIO=folder
	$(RUN) -m benchmarks.app $(if $(AUDIO),--audio "$(AUDIO)")

bench-explore: $(VENV)/.installed-dev $(VENV)/.browser  ## every view of Explore: server time, bytes, input to painted
	$(RUN) -m benchmarks.explore

bench-scale: $(VENV)/.installed-dev  ## 2,000 and 20,000 short songs through import, extraction, start of training: memory, two processes, a Dask cluster
	$(RUN) -m benchmarks.scale

# A library that does not install leaves the others to be measured; its row then says what it said.
bench-peers: $(VENV)/bin/python  ## the environment of the libraries that features are measured against
	@if command -v uv >/dev/null 2>&1; then uv venv -q --clear --python $(RUN) .venv-peers; install="uv pip install -q --python .venv-peers/bin/python"; \
	else rm -rf .venv-peers; $(RUN) -m venv .venv-peers; install=".venv-peers/bin/python -m pip install -q"; fi; \
	$$install -r benchmarks/peers.txt || for line in $$(grep -v '^#' benchmarks/peers.txt); do $$install "$$line" || echo "Left out: $$line"; done

demo: $(VENV)/.installed  ## synthesise the demo data set (the dashboard does it by itself)
	$(RUN) -m genre_core demo

demo-runs: $(VENV)/.installed  ## train the two shipped demo runs anew (the others need GTZAN: docs/shipped.md)
	$(RUN) -m genre_core shipped demo-ann demo-cnn-small

musicnn: $(VENV)/.installed  ## fetch the package musicnn (29 MB), write artifacts/backbones anew; NETS="msd_vgg mtt_musicnn": others of its nets
	@fetched=$$(mktemp -d) && trap 'rm -rf "$$fetched"' EXIT && \
	if command -v uv >/dev/null 2>&1; then uv pip install -q --no-deps --python $(RUN) --target "$$fetched" musicnn==0.1.0; \
	else $(RUN) -m pip install -q --no-deps --target "$$fetched" musicnn==0.1.0; fi && \
	$(RUN) -m genre_core backbones "$$fetched/musicnn" $(foreach net,$(NETS),--net $(net))

lock:  ## pin what requirements*.in ask for, for every supported Python and system
	uv pip compile --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header -q --upgrade requirements.in -o requirements.txt
	uv pip compile --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header -q --upgrade requirements-dev.in -o requirements-dev.txt
	uv pip compile --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header -q --upgrade requirements-scale.in -o requirements-scale.txt

clean:  ## remove the environment; data sets and runs stay
	rm -rf $(VENV) .venv-peers .mypy_cache .ruff_cache .pytest_cache

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Genrescope needs Python 3.11, 3.12 or 3.13, and none was found. Install one, or name it: make app PYTHON=/path/to/python3.11"; exit 1; }
	@if command -v uv >/dev/null 2>&1; then uv venv -q --python $(PYTHON) $(VENV); \
	else $(PYTHON) -m venv $(VENV) || { echo "Python's venv module does not work here. On Debian or Ubuntu: apt install python3-venv"; rm -rf $(VENV); exit 1; }; fi

$(VENV)/.installed: requirements.txt | $(VENV)/bin/python
	@echo "Installing what Genrescope runs on (once; a few minutes on a slow line) ..."
	@if command -v uv >/dev/null 2>&1; then uv pip install -q --python $(RUN) -r requirements.txt; else $(RUN) -m pip install -q -r requirements.txt; fi
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo "Installing what the tests need ..."
	@if command -v uv >/dev/null 2>&1; then uv pip install -q --python $(RUN) -r requirements-dev.txt; else $(RUN) -m pip install -q -r requirements-dev.txt; fi
	@touch $@

$(VENV)/.browser: tests/browser/chromium.py $(VENV)/.installed-dev
	$(RUN) tests/browser/chromium.py
	@touch $@
