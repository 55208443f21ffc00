# Two commands need nothing else on a fresh Debian 12: `make demo` and `make test`.
BUILD ?= build
PREFIX ?= /usr/local
SHELL := /bin/bash

.PHONY: all build deps demo test install bench clean

all: build

deps:
	@tools/install-deps build

build: deps
	@cmake -S . -B $(BUILD) -G Ninja -DCMAKE_BUILD_TYPE=Release $(CMAKE_FLAGS) >/dev/null
	@cmake --build $(BUILD)

demo: build
	@tools/install-deps test
	@tools/demo $(BUILD)/src/sarray

test: build
	@tools/install-deps test accounting fuzz
	@tests/run $(BUILD)

# DESTDIR is honoured, as everywhere.
install: build
	@cmake --install $(BUILD) --prefix $(PREFIX)

bench: build
	@tools/install-deps test
	@bench/run $(BUILD)

clean:
	rm -rf $(BUILD)
