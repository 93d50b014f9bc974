#!/usr/bin/env bash
# Prints the path of promtool: the one on PATH, else that of Debian's package prometheus, unpacked outside of the source tree and not installed (it would start a server).
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

folder=${XDG_CACHE_HOME:-$HOME/.cache}/runner-promtool

if command -v promtool; then exit 0; fi
if [ ! -x "$folder/promtool" ]; then
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || { say "promtool is missing: install Prometheus"; exit 1; }
  say "unpacking promtool into $folder"
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  [ "$(id -u)" != 0 ] || apt-get update -q >/dev/null
  (cd "$work" && apt-get download -q prometheus >/dev/null && dpkg-deb -x ./*.deb .)
  mkdir -p "$folder"
  install -m 755 "$work/usr/bin/promtool" "$folder/promtool.new"
  mv "$folder/promtool.new" "$folder/promtool"
fi
printf '%s\n' "$folder/promtool"
