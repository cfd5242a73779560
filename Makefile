# Every verb sets up what it needs on first use; nothing but Python 3.11+, make and the package indexes is assumed.
PYTHON ?= python3
BIN := .venv/bin
.PHONY: python node build verify check diff plan publish lock test coverage lint bench reproduce replay agreement fuzz image clean

python: $(BIN)/protoctl
	@$(BIN)/protoctl build --target python
node: $(BIN)/protoctl
	@$(BIN)/protoctl build --target node
build: $(BIN)/protoctl
	@$(BIN)/protoctl build $(ARGS)
verify: $(BIN)/protoctl
	@$(BIN)/protoctl verify $(ARGS)
check: $(BIN)/protoctl
	@$(BIN)/protoctl check $(ARGS)
diff: $(BIN)/protoctl
	@$(BIN)/protoctl diff $(ARGS)
plan: $(BIN)/protoctl
	@$(BIN)/protoctl plan $(ARGS)
publish: $(BIN)/protoctl
	@$(BIN)/protoctl publish $(ARGS)
lock: $(BIN)/protoctl
	@$(BIN)/protoctl lock
image: $(BIN)/protoctl
	@$(BIN)/protoctl lock --image
test: .venv/development
	@$(BIN)/pytest $(ARGS)
coverage: .venv/development
	@$(BIN)/pytest --cov --cov-report=term $(ARGS)
lint: .venv/development
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports
bench: .venv/development
	@$(BIN)/python -m bench $(ARGS)
reproduce: .venv/development
	@PYTHONPATH=tests $(BIN)/python -m reproduce $(ARGS)
replay: .venv/development
	@PYTHONPATH=tests $(BIN)/python -m replay $(ARGS)
agreement: .venv/development
	@PYTHONPATH=tests $(BIN)/python -m agreement $(ARGS)
fuzz: .venv/development
	@$(BIN)/pip install --quiet --group fuzz && PYTHONPATH=tests $(BIN)/python -m fuzz $(ARGS)
clean:
	rm -rf dist .protoctl

$(BIN)/protoctl: pyproject.toml
	@$(PYTHON) -m venv .venv && $(BIN)/pip install --quiet --upgrade "pip>=25.1"
	@$(BIN)/pip install --quiet --editable . && touch $@
.venv/development: $(BIN)/protoctl pyproject.toml
	@$(BIN)/pip install --quiet --group dev && touch $@
