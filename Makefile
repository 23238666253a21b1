# make demo · make test · make build · make install PREFIX=… · make check · make clean
SHELL   = /bin/bash
SWIFT  ?= swift
PREFIX ?= /usr/local
RELEASE = -c release --static-swift-stdlib -Xlinker -s
BIN     = .build/release
# What the build links or loads: SQLite (state.db, the services' databases), libcurl (shop commands, the control socket),
# PCRE2 (regular expressions in logs), libxcrypt (password hashes).
PACKAGES = libsqlite3-dev libcurl4-openssl-dev libpcre2-dev libcrypt-dev
SOURCES  = Package.swift Sources Tests

.PHONY: demo test build install deps references check format clean
.DEFAULT_GOAL := build

## Builds everything, brings the shop up, checks it end to end and leaves it running.
demo: build
	$(BIN)/msctl up
	$(BIN)/msctl smoke
	$(BIN)/msctl status
	@printf '\nThe shop is running. Next:\n'
	@printf '  %s\n' '$(BIN)/msctl logs --follow' '$(BIN)/msctl product list' \
		'$(BIN)/msctl order place PRODUCT:1' '$(BIN)/msctl down'

## All tests, in debug, one after another: many start real processes, and starved ones would miss their time. What failed
## is said again behind everything else, and so is what could not be proved here.
test: deps references
	$(SWIFT) build --build-tests
	@set -o pipefail; $(SWIFT) test --skip-build --no-parallel 2>&1 \
		| tee .build/test.log \
		|| { grep -A60 'recorded an issue\|error:' .build/test.log | tail -n 300; \
		grep 'Test run with' .build/test.log; exit 1; }
	@grep 'NOT PROVED HERE' .build/test.log || true

## msctl, msctld and msctl-shim in release. The shim has no Swift runtime to link, so it is built without that flag.
build: deps
	$(SWIFT) build $(RELEASE) --product msctl
	$(SWIFT) build $(RELEASE) --product msctld
	$(SWIFT) build -c release -Xlinker -s --product msctl-shim

install: build
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/libexec/msctl
	install -m 755 $(BIN)/msctl $(DESTDIR)$(PREFIX)/bin/
	install -m 755 $(BIN)/msctld $(BIN)/msctl-shim $(DESTDIR)$(PREFIX)/libexec/msctl/

## Installs the Debian packages that are missing, with sudo only when not root.
deps:
	@missing=$$(for package in $(PACKAGES); do \
		dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || echo $$package; done); \
	if [ -n "$$missing" ]; then \
		if [ "$$(id -u)" = 0 ]; then sudo=; else sudo=sudo; fi; \
		echo "installing $$missing"; \
		$$sudo apt-get update -qq && $$sudo apt-get install -y -qq $$missing; \
	fi

## What others have made to prove things with: validators and test vectors. Without a network the tests run too, and
## those that need one that is not there say so.
references:
	@Tests/fetch-references

## Format and lint.
check:
	$(SWIFT) format lint --strict --recursive $(SOURCES)

format:
	$(SWIFT) format --in-place --recursive $(SOURCES)

clean:
	rm -rf .build .build-*
