#!/usr/bin/env bash
# Publishes the worker into artifacts/: `runner-worker`, one static native executable for this machine's architecture, and
# `ca-certificates.crt`, the CA bundle it falls back to. Does nothing while no source is newer than the artifact.
#
#   publish-worker.sh [--force] [--help]
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
[ "${1:-}" != --help ] || { sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 0; }

worker=$ARTIFACTS/runner-worker
bundle=/etc/ssl/certs/ca-certificates.crt
# The projects that the worker is made of (docs/architecture.md, "Projects").
sources=()
for project in Worker Execution Workflows Expressions Protocol Jobs; do sources+=("$ROOT/src/Runner.$project"); done

changed() { # prints a source that is newer than the worker
  find "${sources[@]}" "$ROOT"/Directory.*.props "$ROOT/global.json" "$0" \( -name obj -o -name bin \) -prune -o -type f -newer "$worker" -print -quit
}

if [ "${1:-}" != --force ] && [ -x "$worker" ] && [ -s "$ARTIFACTS/ca-certificates.crt" ] && [ -z "$(changed)" ]; then
  exit 0
fi

need_dotnet
need clang clang; need ld.lld lld; need cmake cmake; need make make; need strip binutils
[ -e /usr/include/zlib.h ] || need zlib.h zlib1g-dev
[ -e /usr/include/openssl/ssl.h ] || need openssl.h libssl-dev
[ -e /usr/include/brotli/decode.h ] || need brotli.h libbrotli-dev
[ -s "$bundle" ] || need ca-bundle ca-certificates

case $(uname -m) in
  x86_64) rid=linux-x64 ;;
  aarch64 | arm64) rid=linux-arm64 ;;
  *) say "publish-worker.sh: no native worker for $(uname -m): expected x86_64 or aarch64"; exit 1 ;;
esac

say "building artifacts/runner-worker"
mkdir -p "$ARTIFACTS"
start=$(mktemp "$ARTIFACTS/.worker-start.XXXXXX") # sources changed while it builds are newer than this
trap 'rm -f "$start"' EXIT
# A folder of its own: sharing obj/ with plain builds makes each restore undo the other's.
dotnet publish "$ROOT/src/Runner.Worker" -c Release -r "$rid" --artifacts-path "$ARTIFACTS/obj/worker" -o "$ARTIFACTS/publish/worker" -v q --nologo
strip -o "$worker.new" "$ARTIFACTS/publish/worker/runner-worker"
touch -r "$start" "$worker.new"
install -m 644 "$bundle" "$ARTIFACTS/ca-certificates.crt"
mv "$worker.new" "$worker" # aside and renamed: a worker that runs keeps its file
say "artifacts/runner-worker: $(stat -c %s "$worker") bytes"
