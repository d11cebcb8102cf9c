# The two commands are `make run` and `make test`; each target is a line or two over cargo.
CARGO ?= cargo
WAYMARK = $(or $(CARGO_TARGET_DIR),target)/release/waymark

.PHONY: run models test check fmt lint assets results bench bench-peers package

run: ## build it and serve the web chat on http://localhost:8080
	@sh tests/setup.sh build
	@echo "Building Waymark (the first time this takes some minutes) ..."
	$(CARGO) build --release --locked --package waymark-cli
	@$(WAYMARK) models fetch || echo "Going on without: with less."
	@echo "Serving; stop it with Ctrl-C. Address and folder as waymark.toml says, else http://localhost:8080 and ./data."
	$(WAYMARK) serve

models: ## fetch the optional model files (500 MB; 180 with WAYMARK_VOICE=off) into ./data/models, check them, and have them read the knowledge
	$(CARGO) build --release --locked --package waymark-cli
	$(WAYMARK) models fetch
	$(WAYMARK) index build

test: ## install what the tests need, then the whole suite
	@sh tests/setup.sh test
	$(CARGO) test --workspace --locked

check: lint ## format, lints and the knowledge
	$(CARGO) fmt --all --check
	$(CARGO) run --quiet --locked --package waymark-cli -- check --strict

fmt: ## format the code
	$(CARGO) fmt --all

lint: ## what CI refuses
	$(CARGO) lint

assets: ## the pages' style, built from bots/web/style and pruned by what the templates use; commit what comes out. Needs npm
	npm ci --silent --ignore-scripts --prefix bots/web/style
	npm run --silent --prefix bots/web/style build

results: ## tests/results.md and .json: how the question sets fare; commit them with what changed them
	$(CARGO) run --quiet --locked --package waymark-cli -- eval --on 2026-11-22 --report tests/results.md \
		tests/questions/*.jsonl >/dev/null

package: ## a Debian package under target/package
	$(CARGO) build --release --locked --package waymark-cli
	sh bots/cli/package/build.sh $(WAYMARK) target/package

bench: ## answers a second, p50 and p99, index build, start-up; see tests/README.md
	$(CARGO) bench --locked --package waymark-cli --bench bench

bench-peers: ## Waymark beside other engines; SETS=folder of public sets, MODELS=folder of models; see tests/peers/README.md
	sh tests/peers/run.sh "$(SETS)" "$(MODELS)"
