#!/usr/bin/env bash
# Runs a real workflow from queue to result on this machine: builds the runner, starts a local GitHub (the emulator) and an agent,
# queues docs/examples/quickstart.yml and shows its jobs live. Jobs run as processes here, or as pods with --backend kubernetes.
#
#   quickstart.sh [--backend host|kubernetes] [--workflow FILE] [--help]
#
# Without --backend: pods where a cluster is reachable, else this machine. With --backend kubernetes and no cluster, the dev cluster
# of scripts/dev-cluster.sh is made and started (root on Debian; it stays up: scripts/dev-cluster.sh down).
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

backend=
workflow=$ROOT/docs/examples/quickstart.yml
while [ $# -gt 0 ]; do
  case $1 in
    --backend) backend=${2:?--backend needs host or kubernetes}; shift ;;
    --workflow) workflow=${2:?--workflow needs a file}; shift ;;
    --help) sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) say "quickstart.sh: unknown option $1; see quickstart.sh --help"; exit 2 ;;
  esac
  shift
done
case $backend in '' | host | kubernetes) ;; *) say "quickstart.sh: --backend is host or kubernetes, not $backend"; exit 2 ;; esac

need git git; need python3 python3
"$ROOT/scripts/build.sh"

kubeconfig=$("$ROOT/scripts/dev-cluster.sh" reachable || true)
[ -n "$backend" ] || { [ -n "$kubeconfig" ] && backend=kubernetes || backend=host; }
if [ "$backend" = kubernetes ] && [ -z "$kubeconfig" ]; then
  say "no cluster is reachable: starting the dev cluster (the first time builds it: about 4 minutes)"
  "$ROOT/scripts/dev-cluster.sh" up >"$ARTIFACTS/dev-cluster.log" 2>&1 || { tail -20 "$ARTIFACTS/dev-cluster.log" >&2; exit 1; }
  kubeconfig=$("$ROOT/scripts/dev-cluster.sh" kubeconfig)
fi

work=$(mktemp -d)
pids=()
finish() {
  [ ${#pids[@]} = 0 ] || { kill "${pids[@]}" 2>/dev/null || true; wait "${pids[@]}" 2>/dev/null || true; }
  rm -rf "$work"
}
trap finish EXIT

# Pods of the dev cluster reach this machine at its bridge address; processes at the loopback address.
address=127.0.0.1
if [ "$backend" = kubernetes ]; then
  "$ROOT/scripts/dev-cluster.sh" images
  address=10.244.0.1
fi

(umask 077; head -c 20 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$work/token")
"$ARTIFACTS/runner" emulator serve --listen "$address" --port 0 --token-file "$work/token" --url-file "$work/url" >"$work/emulator.log" 2>&1 &
pids+=($!)
for _ in $(seq 200); do [ -s "$work/url" ] && break; kill -0 "${pids[0]}" 2>/dev/null || { cat "$work/emulator.log" >&2; exit 1; }; sleep 0.05; done
url=$(cat "$work/url")

cat >"$work/runner.yaml" <<Y
backend: $backend
github:
  url: $url/acme
  auth: {tokenFile: $work/token}
  allowInsecureHttp: true
pools:
  - name: quickstart
    labels: [self-hosted, linux, x64]
    mode: runners
    maxJobs: 2
host: {root: $work/jobs}
kubernetes:
  kubeconfig: $kubeconfig
  namespace: default
  runnerImage: local/runner:dev
  defaultImage: local/debian:12
monitoring: {metricsPort: 0}
Y
"$ARTIFACTS/runner" agent --config "$work/runner.yaml" >"$work/agent.log" 2>&1 &
pids+=($!)

status=0
DEPLOY_TOKEN=correct-horse-battery "$ARTIFACTS/runner" emulator queue "$workflow" --url "$url" --token-file "$work/token" --secret DEPLOY_TOKEN --follow || status=$?
if [ "$status" != 0 ]; then
  say "the run did not succeed; the agent's log ends:"
  tail -20 "$work/agent.log" >&2
fi
exit "$status"
