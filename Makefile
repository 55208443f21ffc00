# Two commands need nothing else on a fresh Debian 12: `make demo` and `make test`.
BUILD ?= build
PREFIX ?= /usr/local
SHELL := /bin/bash

.PHONY: all build configure deps program demo test install bench clean

all: build

deps:
	@tools/install-deps build

configure: deps
	@cmake -S . -B $(BUILD) -G Ninja -DCMAKE_BUILD_TYPE=Release $(CMAKE_FLAGS) >/dev/null

build: configure
	@cmake --build $(BUILD)

# The program alone, without its tests.
program: configure
	@cmake --build $(BUILD) --target sarray

demo: program
	@tools/install-deps test
	@tools/demo $(BUILD)/src/sarray

test: build
	@tools/install-deps test accounting fuzz
	@tests/run $(BUILD)

# DESTDIR is honoured, as everywhere.
install: program
	@cmake --install $(BUILD) --prefix $(PREFIX)

bench: program
	@tools/install-deps test
	@bench/run $(BUILD)

clean:
	rm -rf $(BUILD)
