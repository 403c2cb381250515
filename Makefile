# Everything one does here. `make` alone lists it.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

GOLANGCI_VERSION := v2.12.2
COMPOSE_GO_VERSION := v2.9.1

TOOLS   := $(CURDIR)/bin/tools
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LISTEN  ?= :8080
DATA    ?= ./data
FUZZ_TIME ?= 10s

export SKVOZ_TOOLS := $(TOOLS)

##@ Use

.PHONY: run
run: build ## Build and start on :8080 with SQLite under ./data; says where to sign in (LISTEN=, DATA=)
	exec bin/skvoz serve --listen '$(LISTEN)' --data-dir '$(DATA)'

.PHONY: demo
demo: build ## The same with a demo account, 90 days of made-up history, a demo site and emulators of CRMs on other ports
	exec bin/skvoz demo --serve --listen '$(LISTEN)' --data-dir '$(DATA)/demo'

.PHONY: emulators
emulators: emulators-binary ## Emulators of CRMs on loopback with a page to look at them on :8095; make demo has them, too
	exec bin/emulators

##@ Build

.PHONY: build
build: web binary ## Build everything into bin/skvoz

.PHONY: binary
binary: ## Build bin/skvoz with the web files as they are
	scripts/install-deps.sh gcc
	go build -ldflags '-X main.version=$(VERSION)' -o bin/skvoz .

.PHONY: emulators-binary
emulators-binary:
	CGO_ENABLED=0 go build -o bin/emulators ./emulators

.PHONY: web
web: ## Build the cabinet if its sources changed (the browser script is kept built)
	scripts/build-web.sh

.PHONY: generate
generate: ## Regenerate Go code from the GraphQL schema, the cabinet's types and the browser script
	scripts/install-deps.sh gcc npm:jsapi npm:cabinet
	scripts/generate.sh

.PHONY: generate-check
generate-check: ## Fail if generated files are not what would be generated
	scripts/install-deps.sh gcc npm:jsapi npm:cabinet
	scripts/generate-check.sh

##@ Check

.PHONY: test
test: ## The whole suite: both databases, browser script, cabinet, real browser; installs what it needs
	scripts/test.sh all

.PHONY: test-go
test-go: ## Go tests with the race detector, on SQLite and a temporary PostgreSQL
	scripts/test.sh go

.PHONY: test-web
test-web: ## Unit tests of the browser script and the cabinet
	scripts/test.sh jsapi cabinet

.PHONY: e2e
e2e: ## Tests in a real browser: browser script, cabinet, and from a visitor to the visitor's card
	scripts/test.sh jsapi-browser cabinet-browser pages e2e journeys

.PHONY: lint
lint: $(TOOLS)/golangci-lint-$(GOLANGCI_VERSION) $(TOOLS)/compose-go-$(COMPOSE_GO_VERSION) ## Linters of Go, TypeScript, shell, Dockerfile and compose file
	GOLANGCI='$(TOOLS)/golangci-lint-$(GOLANGCI_VERSION)' COMPOSE_GO='$(TOOLS)/compose-go-$(COMPOSE_GO_VERSION)' scripts/lint.sh

.PHONY: fmt
fmt: $(TOOLS)/golangci-lint-$(GOLANGCI_VERSION) ## Format Go and TypeScript
	$(TOOLS)/golangci-lint-$(GOLANGCI_VERSION) fmt ./...
	scripts/install-deps.sh npm:cabinet
	npm --prefix cabinet run --silent format

.PHONY: fuzz
fuzz: ## Fuzz each parser of foreign input for FUZZ_TIME (10s)
	scripts/fuzz.sh '$(FUZZ_TIME)'

.PHONY: bench
bench: ## Measure ingest, deliveries, GraphQL and reports against their references, within one run
	scripts/bench.sh

##@ Develop

.PHONY: dev
dev: ## Hot reload: the server restarts when Go files change, the cabinet by Vite on :5173
	scripts/dev.sh '$(LISTEN)' '$(DATA)'

.PHONY: deps
deps: ## Install what building and testing need and the machine lacks
	scripts/install-deps.sh

.PHONY: hooks
hooks: ## Check formatting and commit messages before each commit
	git config core.hooksPath .githooks

.PHONY: clean
clean: ## Remove what was built; data stays
	rm -rf bin/skvoz bin/emulators bin/test-results cabinet/dist/assets cabinet/dist/index.html

.PHONY: help
help: ## List these
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z0-9-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

# Tools carry their version in the name, so that a new version is built and an old one is not mistaken for it.
$(TOOLS)/golangci-lint-$(GOLANGCI_VERSION):
	@echo "building golangci-lint $(GOLANGCI_VERSION), a minute or two"
	scripts/install-tool.sh github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION) '$@'

$(TOOLS)/compose-go-$(COMPOSE_GO_VERSION):
	scripts/install-tool.sh github.com/compose-spec/compose-go/v2/cmd@$(COMPOSE_GO_VERSION) '$@'
