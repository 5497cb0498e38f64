# What a person or a CI runs. `make help` lists the targets.

CARGO ?= cargo
export CARGO

.DEFAULT_GOAL := help
.PHONY: help doctor build demo gameday test test-shapes test-fast bench

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 20

doctor: ## Check that the tools are there: Rust, Terraform, Python
	@./e2e/doctor.sh

build: ## Build the dr-synth program (target/release/dr-synth)
	$(CARGO) build --release

demo: doctor ## The stack's whole life on the emulator: apply, pay, destroy (about 10 minutes; KEEP=1 waits before the destroy)
	$(CARGO) run --package dr-synth-e2e --bin demo -- $(if $(KEEP),--keep)

gameday: doctor ## The primary region is lost under load, and come back to: a timeline as it happens (about 15 minutes)
	$(CARGO) run --package dr-synth-e2e --bin gameday

test: doctor ## Everything: lints, unit tests, judges, emulator, end to end, game day (about 20 minutes)
	python3 e2e/run_tests.py

test-shapes: doctor ## Every shape from apply to destroy: each feature alone, other regions... (about 40 minutes; SHAPE=waf for one)
	$(CARGO) test --package dr-synth-e2e --test shapes -- $(SHAPE)

test-fast: doctor ## What needs no emulator: lints and unit tests
	python3 e2e/run_tests.py --fast

bench: ## Performance of the program and the library
	$(CARGO) bench
