#!/usr/bin/env bash
# Builds what a user runs into artifacts/: `runner` (agent, emulator, command line; needs no .NET), `runner-worker` (the static worker) and `externals/` and
# `host-externals/` (the Node.js that runs JavaScript actions, in pods and containers, and on this machine).
# Does only what the sources call for: a second run with nothing changed takes a second.
#
#   build.sh [--help]
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
[ "${1:-}" != --help ] || { sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 0; }

newest() { # the newest of the sources that an artifact is made from
  find "$ROOT/src" "$ROOT"/Directory.*.props "$ROOT/global.json" \( -name obj -o -name bin \) -prune -o -type f -newer "$1" -print -quit
}

need_dotnet
mkdir -p "$ARTIFACTS"
if [ ! -x "$ARTIFACTS/runner" ] || [ -n "$(newest "$ARTIFACTS/runner")" ]; then
  say "building artifacts/runner"
  case $(uname -m) in aarch64 | arm64) rid=linux-arm64 ;; *) rid=linux-x64 ;; esac
  dotnet publish "$ROOT/src/Runner.Cli" -c Release -r "$rid" --self-contained true -o "$ARTIFACTS/publish/runner" -v q --nologo
  install -m 755 "$ARTIFACTS/publish/runner/runner" "$ARTIFACTS/runner"
fi
"$ROOT/scripts/publish-worker.sh"
"$ROOT/scripts/externals.sh" && "$ROOT/scripts/externals.sh" --host || say "artifacts/externals was not made: JavaScript actions need a Node.js in the job's image or on the machine"
