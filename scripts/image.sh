#!/usr/bin/env bash
# Builds the image of the Dockerfile from the programs that scripts/build.sh made, and saves it as an archive for `docker load` or
# `ctr images import`. For clusters and tests on one machine: a release is built from the sources by `docker build`.
#
#   image.sh NAME ARCHIVE [--base IMAGE]
#
# NAME is the image's, such as local/agent:dev. Without --base a stand-in for the Dockerfile's base is made of this machine's files (Debian or
# Ubuntu), with the users, environment and packages of the original, and nothing is pulled. Takes the Docker engine of DOCKER_HOST, or, as root,
# one of its own that ends with the script. Does nothing where the archive holds an image of the same Dockerfile and programs.
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
[ $# -ge 2 ] || { sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 2; }
name=$1 archive=$2 base=local/runtime-deps:10.0-noble-chiseled is_made=1
[ "${3:-}" != --base ] || { base=$4; is_made=; }

for file in runner runner-worker ca-certificates.crt externals/version; do
  [ -e "$ARTIFACTS/$file" ] || { say "image.sh: artifacts/$file is missing; run scripts/build.sh"; exit 1; }
done
sum=$(cat "$ROOT/Dockerfile" "$ROOT/.dockerignore" "$0" "$ARTIFACTS/runner" "$ARTIFACTS/runner-worker" "$ARTIFACTS/externals/version" <(echo "$name $base") | sha256sum)
if [ -s "$archive" ] && [ "$(cat "$archive.sum" 2>/dev/null)" = "$sum" ]; then exit 0; fi

need dockerd docker.io
work=$(mktemp -d)
engine=
finish() {
  [ -z "$engine" ] || { kill "$engine" 2>/dev/null && wait "$engine" 2>/dev/null; } || true
  rm -rf "$work"
}
trap finish EXIT

# The client that comes with the engine can do BuildKit; a newer one needs a plug-in for it.
docker=docker
docker buildx version >/dev/null 2>&1 || [ ! -x /usr/bin/docker ] || docker=/usr/bin/docker

if [ -z "${DOCKER_HOST:-}" ]; then
  export DOCKER_HOST=unix://$work/docker.sock
  dockerd --data-root "$work/data" --exec-root "$work/exec" --pidfile "$work/pid" --host "$DOCKER_HOST" \
    --bridge=none --iptables=false --ip6tables=false --log-level error >"$work/engine.log" 2>&1 &
  engine=$!
  for _ in $(seq 300); do "$docker" version >/dev/null 2>&1 && break; sleep 0.2; done
  "$docker" version >/dev/null 2>&1 || { say "image.sh: dockerd does not start:"; tail -5 "$work/engine.log" >&2; exit 1; }
fi

# What the chiseled runtime-deps image holds (dotnet/dotnet-docker, src/runtime-deps/10.0/noble-chiseled): the libraries of four packages, CA
# certificates, the users root and app, and no shell.
base_root() { # folder
  local root=$1 package file
  mkdir -p "$root"/{etc/ssl/certs,usr/bin,usr/lib,usr/lib64,usr/sbin,usr/local/bin,var/lib,var/tmp,run,proc,sys,dev}
  for file in bin lib lib64 sbin; do ln -s "usr/$file" "$root/$file"; done
  install -d -m 700 "$root/root"
  install -d -m 1777 "$root/tmp" "$root/var/tmp"
  install -d -m 755 -o 1654 -g 1654 "$root/home/app"
  printf 'root:x:0:0:root:/root:/bin/bash\napp:x:1654:1654::/home/app:/bin/false\n' >"$root/etc/passwd"
  printf 'root:x:0:\napp:x:1654:\n' >"$root/etc/group"
  cp /etc/os-release "$root/etc/"
  cp "$ARTIFACTS/ca-certificates.crt" "$root/etc/ssl/certs/ca-certificates.crt"
  for package in libc6 libgcc-s1 libssl3t64 libssl3 libstdc++6; do
    for file in $(dpkg -L "$package" 2>/dev/null | grep -E '/lib(64)?/.*\.so(\.[0-9.]+)?$' || true); do
      [ -e "$file" ] || continue
      file=$(readlink -f "$(dirname "$file")")/$(basename "$file")
      mkdir -p "$root$(dirname "$file")"
      cp -a "$file" "$root$file"
    done
  done
}

if [ -n "$is_made" ]; then
  mkdir "$work/base"
  base_root "$work/base"
  tar -C "$work/base" --numeric-owner -cf - . | "$docker" import \
    --change 'ENV APP_UID=1654' --change 'ENV ASPNETCORE_HTTP_PORTS=8080' --change 'ENV DOTNET_RUNNING_IN_CONTAINER=true' \
    --change 'ENV DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=true' --change 'USER 1654' - "$base" >/dev/null
fi
say "building the image $name"
DOCKER_BUILDKIT=1 "$docker" build --quiet --network none --tag "$name" --build-arg PROGRAMS=built --build-arg "BASE_IMAGE=$base" "$ROOT" >/dev/null
mkdir -p "$(dirname "$archive")"
"$docker" save --output "$archive.new" "$name"
mv "$archive.new" "$archive"
printf '%s\n' "$sum" >"$archive.sum"
