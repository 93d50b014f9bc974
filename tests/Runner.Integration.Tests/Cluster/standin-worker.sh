#!/bin/sh
# Stands in for runner-worker in tests of the Kubernetes backend: the same commands, files and exit codes, but what the job does is a
# shell script in the variable STANDIN_SCRIPT (base64, - for +) of the job message, and nothing is reported to GitHub.
set -u
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
command=$1; shift
case $command in
  setup)
    while [ $# -gt 1 ]; do
      case $1 in --from) from=$2 ;; --to) to=$2 ;; --bin) bin=$2 ;; esac
      shift 2
    done
    mkdir -p "$bin" "$to" && chmod 777 "$to" && cp "$0" "$bin/runner-worker" && cp "$from/payload.json" "$to/payload.json" && chmod 666 "$to/payload.json"
    ;;
  job)
    payload=$(cat "$2") && rm -f "$2" || exit 69
    echo $$ >/runner/worker.pid
    key=$(printf %s "$payload" | sed 's/.*"outcomeKey":"\([^"]*\)".*/\1/')
    conclude() {
      proof=$(printf '%s/%s/reported' "$key" "$1" | sha256sum | cut -d' ' -f1)
      printf '{"conclusion":"%s","isReported":true,"reason":"%s","proof":"%s"}' "$1" "${2:-}" "$proof" >/dev/termination-log; exit 0
    }
    script=$(printf %s "$payload" | sed 's/.*"STANDIN_SCRIPT":{"value":"\([^"]*\)".*/\1/' | tr -- - + | base64 -d)
    unset payload
    eval "$script"
    ;;
  cancel)
    kill -USR2 "$(cat /runner/worker.pid)"
    ;;
esac
