# What a person or a CI runs. `make help` lists the targets.

CARGO ?= cargo
export CARGO

.DEFAULT_GOAL := help
.PHONY: help doctor doctor-tests build book demo gameday test test-shapes test-fast bench

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 20

doctor: ## Check that the tools are there: Rust, C compiler, Terraform, Python
	@./e2e/doctor.sh

doctor-tests: ## The same, with what `make test` needs besides
	@./e2e/doctor.sh --tests

build: ## Build the dr-synth program (target/release/dr-synth)
	$(CARGO) build --release

book: ## The documents as a book with a search (target/book/index.html)
	@python3 tools/build_book.py

demo: doctor ## The stack's whole life on the emulator: apply, pay, destroy (about 10 minutes; KEEP=1 waits before the destroy)
	$(CARGO) run --package dr-synth-e2e --bin demo -- $(if $(KEEP),--keep)

gameday: doctor ## Regions are lost under load, and what else goes wrong: a timeline as it happens (about 25 minutes; SCENARIO=overload for another, all for every one)
	$(CARGO) run --package dr-synth-e2e --bin gameday -- $(SCENARIO)

test: doctor-tests ## Everything: lints, unit tests, judges, emulator, end to end, game day (about 35 minutes on 2 processors)
	python3 e2e/run_tests.py

test-shapes: doctor ## Every shape from apply to destroy: each feature alone, other regions... (about 40 minutes; SHAPE=waf for one)
	$(CARGO) test --package dr-synth-e2e --test shapes -- $(SHAPE)

test-fast: doctor-tests ## What needs no emulator: lints and unit tests
	python3 e2e/run_tests.py --fast

bench: ## Performance of the program and the library
	$(CARGO) bench
