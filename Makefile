# `make demo` and `make test` need nothing else on a fresh Debian 12: they install what is missing first.
# `make` and `make install` install no packages: configuring says what is missing.
BUILD ?= build
PREFIX ?= /usr/local
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
SHELL := /bin/bash
# An existing build folder keeps its generator.
GENERATOR = $(if $(CMAKE_GENERATOR)$(wildcard $(BUILD)/CMakeCache.txt),,$(if $(shell command -v ninja),-G Ninja))

.PHONY: all build configure deps program demo check test test-full install uninstall packages bench clean

all: build

# What the build needs, with apt-get; the one target beside demo, bench and the tests' that may ask for root.
deps:
	@tools/install-deps build

configure:
	@said=$$(cmake -S . -B $(BUILD) $(GENERATOR) $(CMAKE_FLAGS)) && { grep '^-- sarray:' <<<"$$said" || true; }

build: configure
	@cmake --build $(BUILD) -j $(JOBS)

# The program alone, without its tests.
program: configure
	@cmake --build $(BUILD) -j $(JOBS) --target sarray

demo: deps
	@$(MAKE) --no-print-directory program
	@tools/install-deps test
	@tools/demo $(BUILD)/src/sarray

# check: the quick tests, in three minutes. test: all of them. test-full: what a change of a whole area asks for, too.
check: TESTS = --quick
test-full: TESTS = --full
check test test-full: deps
	@$(MAKE) --no-print-directory build CMAKE_FLAGS='-DSARRAY_TESTS=ON $(CMAKE_FLAGS)'
	@tools/install-deps test accounting fuzz packages $(if $(findstring --full,$(TESTS)),cross)
	@tests/run $(TESTS) $(BUILD)

# DESTDIR is honoured, as everywhere.
install: program
	@cmake --build $(BUILD) -j $(JOBS) --target manual
	@cmake --install $(BUILD) --prefix $(PREFIX)

# Removes what the last install from this build folder installed.
uninstall:
	@cmake -DBUILD=$(abspath $(BUILD)) -P cmake/Uninstall.cmake

# A .deb, an .rpm (needs rpmbuild) and a tarball, in BUILD/packages.
packages: build
	@packaging/build $(BUILD) $(BUILD)/packages
	@ls -l $(BUILD)/packages

bench: deps
	@$(MAKE) --no-print-directory program
	@tools/install-deps test
	@bench/run $(BUILD)

clean:
	rm -rf $(BUILD)
