#!/usr/bin/env bash
# Runs every workflow of tests/official on GitHub's own runner and on our agent, both against our local GitHub, and prints what differs:
# conclusions of jobs and steps, names of steps, annotations, outputs, and the lines that steps print.
#
#   official-runner.sh FOLDER [--only NAME]… [--out FOLDER] [--help]
#
# FOLDER is an unpacked release of github.com/actions/runner (config.sh, run.sh, bin/, externals/); it is copied, not changed. Without one nothing is run
# and the exit code is 77, by which test frameworks know a skip; 1 where something differs that its workflow does not announce (# differs: …), else 0. --out keeps table, logs and JSON.
# Workflows that need containers are left out, with a word, where no Docker engine answers. As root RUNNER_ALLOW_RUNASROOT is set.
#
# config.sh drops the port of --url, so the local GitHub listens on port 80 too. Where that port cannot be had, the runner is configured by --jitconfig alone.
# RUNNER_ARTIFACTS names a folder with runner, runner-worker and host-externals in the place of the ones that scripts/build.sh makes.
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

folder='' out='' only=()
while [ $# -gt 0 ]; do
  case $1 in
    --only) only+=("${2:?--only needs the name of a workflow}"); shift ;;
    --out) out=${2:?--out needs a folder}; shift ;;
    --help) sed -n '2,14s/^# \{0,1\}//p' "$0"; exit 0 ;;
    -*) say "official-runner.sh: unknown option $1; see official-runner.sh --help"; exit 2 ;;
    *) folder=$1 ;;
  esac
  shift
done
if [ -z "$folder" ] || [ ! -x "$folder/config.sh" ] || [ ! -x "$folder/run.sh" ] || [ ! -x "$folder/bin/Runner.Listener" ]; then
  say "skipped: no GitHub runner lies in '${folder:-(no folder given)}' (config.sh, run.sh and bin/Runner.Listener are looked for)"
  exit 77
fi

need python3 python3; need curl curl
if [ -n "${RUNNER_ARTIFACTS:-}" ]; then ARTIFACTS=$RUNNER_ARTIFACTS; else "$ROOT/scripts/build.sh"; "$ROOT/scripts/externals.sh" --host; fi
work=$(mktemp -d)
out=${out:-$work/out}
mkdir -p "$out"
pids=()
finish() {
  for pid in "${pids[@]}"; do kill -INT "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do timeout 20 tail --pid="$pid" -f /dev/null || kill -KILL "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap finish EXIT
docker=; ! timeout 10 docker version >/dev/null 2>&1 || docker=1
# Where jobs in containers reach it, too. An engine that has just made its bridge does not tell its address until it is started again; the interface has it.
address=127.0.0.1
if [ -n "$docker" ]; then
  address=$(docker network inspect bridge --format '{{range .IPAM.Config}}{{.Gateway}}{{end}}')
  [ -n "$address" ] || address=$(ip -4 -o address show docker0 | sed -n 's/.* inet \([0-9.]*\).*/\1/p')
fi

# The local GitHub. It listens on port 80 too where that may be had.
(umask 077; head -c 20 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$work/token")
"$ARTIFACTS/runner" emulator serve --listen "$address" --port 0 --actions "$ROOT/tests/official/actions" --token-file "$work/token" \
  --url-file "$work/url" --data "$work/data" >"$out/emulator.log" 2>&1 &
pids+=($!)
for _ in $(seq 400); do [ -s "$work/url" ] && break; kill -0 "${pids[0]}" 2>/dev/null || { cat "$out/emulator.log" >&2; exit 1; }; sleep 0.1; done
url=$(cat "$work/url")
# By its token: another one may be there.
has80=; ! curl -sf -m 5 -H "Authorization: Bearer $(cat "$work/token")" http://$address/api/v3/orgs/official/actions/runners >/dev/null 2>&1 || has80=1
[ -n "$has80" ] || say "the local GitHub has no port 80: config.sh is left out, the runner is configured by --jitconfig"
emulator() { "$ARTIFACTS/runner" emulator "$@"; }

# Our agents: one job at a time, as their runner. Jobs whose containers are their place, not a step's, run on the Docker backend.
agent() { # backend label settings-of-the-backend
  cat >"$work/$2.yaml" <<Y
backend: $1
github:
  url: $url/official
  auth: {tokenFile: $work/token}
  allowInsecureHttp: true
pools:
  - {name: $2, labels: [$2], mode: runners, maxJobs: 1}
$1: $3
monitoring: {metricsPort: 0}
Y
  XDG_STATE_HOME=$work/$2 "$ARTIFACTS/runner" agent --config "$work/$2.yaml" >"$out/$2.log" 2>&1 &
  pids+=($!)
}
agent host ours "{root: $work/jobs, worker: $ARTIFACTS/runner-worker, externals: $ARTIFACTS/host-externals}"
[ -z "$docker" ] || agent docker ours-in-docker "{worker: $ARTIFACTS/runner-worker, defaultImage: 'busybox:1.36'}"

# Their runner. Its environment must not tell it of another GitHub, and it must not take this host for github.com: any other host is an Enterprise Server to it.
unset GITHUB_ACTIONS_RUNNER_FORCE_GHES GITHUB_ACTIONS_RUNNER_FORCE_EMPTY_ENV ACTIONS_RUNNER_INPUT_URL ACTIONS_RUNNER_INPUT_TOKEN ACTIONS_RUNNER_INPUT_JITCONFIG
[ "$(id -u)" != 0 ] || export RUNNER_ALLOW_RUNASROOT=1
copy() { # name: a copy of the release, without what a former configuration left
  cp -a --reflink=auto "$folder" "$work/$1"
  rm -rf "$work/$1"/{_work,_diag,.runner,.credentials,.credentials_rsaparams,.runner_migrated,.credentials_migrated,.env,.path}
}
configure() { # copy name further options…
  local place=$work/$1 name=$2; shift 2
  (cd "$place" && ./config.sh --unattended --url http://$address/official --token "$(emulator token official --url "$url" --token-file "$work/token")" \
    --name "$name" --labels official --work _work --replace --disableupdate "$@") >"$out/$name.config.log" 2>&1 || { say "config.sh failed:"; tail -30 "$out/$name.config.log" >&2; exit 1; }
}
copy lasting
if [ -n "$has80" ]; then
  copy ephemeral
  configure ephemeral official-ephemeral --ephemeral
  (cd "$work/ephemeral" && exec ./run.sh) >"$out/ephemeral.log" 2>&1 &
  ephemeral=$!
else
  ephemeral=
fi

first=bare # of one job

queue() { # file label → number of the run
  local file=$1 label=$2 flags
  flags=$(sed -n 's/^# queue: //p' "$file")
  # shellcheck disable=SC2086 # the flags are words
  emulator queue "$file" --url "$url" --repository official/corpus --var "RUNNER=$label" $flags | sed -n 's/^run \([0-9]*\):.*/\1/p'
}
status_of() { curl -sf "$url/emulator/runs/$1" | python3 -c 'import json, sys; print(json.load(sys.stdin).get("conclusion") or "")'; }
await() { # run file: until it has ended, cancelled where the file says so
  local run=$1 mark
  mark=$(sed -n 's/^# cancel-when: //p' "$2")
  for _ in $(seq 1200); do
    [ -z "$(status_of "$run")" ] || return 0
    if [ -n "$mark" ] && curl -sf "$url/emulator/runs/$run" | grep -q '"status":"inProgress"' && seen "$run" "$mark"; then
      emulator cancel "$run" --url "$url" >/dev/null
      mark=
    fi
    sleep 0.5
  done
  say "run $run of $(basename "$2") did not end in 5 minutes: cancelled"
  emulator cancel "$run" --url "$url" >/dev/null || true
  return 0
}
# Lines come over the live feed before any log is uploaded.
# Not by the exit code: the stream has no end, so one of the two always ends by the other.
seen() { [ -n "$(timeout 2 curl -sN "$url/emulator/events?after=0" 2>/dev/null | grep -m1 "\"runId\":$1,.*$2" || true)" ]; }

# As in a repository, so that one workflow finds another.
corpus=$work/repository/.github/workflows
mkdir -p "$corpus"
cp "$ROOT"/tests/official/*.yml "$corpus"

table=$out/differences.txt
: >"$table"
ran=0 skipped=0 differ=0
one() { # file label-of-theirs
  local file=$1 ours theirs
  theirs=$(queue "$file" official); ours=$(queue "$file" "$(grep -q '^# needs: docker for the job' "$file" && echo ours-in-docker || echo ours)")
  await "$theirs" "$file"; await "$ours" "$file"
  ran=$((ran + 1))
  python3 "$ROOT/scripts/official-runner/compare.py" --url "$url" --file "$file" --theirs "$theirs" --ours "$ours" --out "$out" >>"$table" || differ=$((differ + 1))
}

# 1. An ephemeral runner by config.sh, 2. one by --jitconfig: each runs one job and ends by itself.
if [ -n "$ephemeral" ]; then
  one "$corpus/$first.yml"
  if timeout 60 tail --pid="$ephemeral" -f /dev/null; then say "the ephemeral runner of config.sh ran its job and ended"; else
    say "the ephemeral runner of config.sh did not end after its job"; kill -KILL "$ephemeral" 2>/dev/null || true; differ=$((differ + 1)); fi
fi
copy jit
jit=$(emulator jitconfig official --name official-jit --label official --url "$url" --token-file "$work/token")
(cd "$work/jit" && exec ./run.sh --jitconfig "$jit") >"$out/jit.log" 2>&1 &
jitpid=$!
one "$corpus/$first.yml"
timeout 60 tail --pid="$jitpid" -f /dev/null || { say "the runner of --jitconfig did not end after its job"; kill -KILL "$jitpid" 2>/dev/null || true; differ=$((differ + 1)); }

# 3. All workflows on one lasting runner; without port 80 by a new JIT configuration for each job.
if [ -n "$has80" ]; then
  configure lasting official-lasting
  (cd "$work/lasting" && exec ./run.sh) >"$out/lasting.log" 2>&1 &
  pids+=($!)
else
  (cd "$work/lasting" && n=0 && while :; do
    n=$((n + 1))
    ./run.sh --jitconfig "$(emulator jitconfig official --name "official-$n" --label official --url "$url" --token-file "$work/token")" || sleep 1
  done) >"$out/lasting.log" 2>&1 &
  pids+=($!)
fi
for file in "$corpus"/*.yml; do
  name=$(basename "$file" .yml)
  grep -q '^ *workflow_call:' "$file" && continue
  [ ${#only[@]} = 0 ] || [[ " ${only[*]} " == *" $name "* ]] || continue
  if grep -q '^# needs: docker' "$file" && [ -z "$docker" ]; then
    say "left out: $name (it needs a Docker engine, and none answers)"; skipped=$((skipped + 1)); continue
  fi
  one "$file"
done

cat "$table"
say "$ran runs compared, $differ with differences, $skipped left out"
[ "$differ" = 0 ]
