#!/usr/bin/env bash
# npm test [-- LEVEL...]; npm run test:fast
#
# Runs the levels in order and ends with the line "N passed, N failed", summed over all of them:
#
#   types        tsc
#   lint         eslint, prettier
#   unit         pure code, and the tool chain's script
#   graph        the real Pulumi runtime and program on a fake engine
#   stand-ins    go test of the plugins that were built, where they are in use
#   rack         sshd, steps, the simulated rack                                  (needs OpenSSH's server)
#   cloud        both providers on real OpenStack APIs                            (root, Linux)
#   end-to-end   the same with virtual machines                                   (root, Linux)
#
# --fast is types, lint, unit and graph. A level that cannot run, has no test or skips one has failed.
PROGRAM="npm test"
# shellcheck source=cli/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

FAST="types lint unit graph" ALL="types lint unit graph stand-ins rack cloud end-to-end"
levels=
for argument in "$@"; do
  case $argument in
    -h | --help) sed -n '2,15s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    --fast) levels="$levels $FAST" ;;
    *) case " $ALL " in *" $argument "*) levels="$levels $argument" ;; *) die "unknown level $argument; there are: $ALL" 2 ;; esac ;;
  esac
done
levels=${levels:-$ALL}

"$CHECKOUT/cli/prepare.sh" modules toolchain
pulumi_environment "$DEV_STACK"
# The runtime then refuses an Output in a string instead of printing a placeholder.
export PULUMI_ERROR_OUTPUT_STRING=true
cd "$CHECKOUT"
RESULTS=$(mktemp -d)
LANES=()
trap 'rm -rf "$RESULTS"' EXIT
trap 'end_lanes; exit 130' INT TERM HUP

# start COMMAND...: in the background as a process group of its own, so that a signal ends it with all its children.
start() { set -m; "$@" </dev/null & LANES+=($!); set +m; }
# finish MINUTES: waits for what was started.  What hangs is ended, so that the other levels can still speak; it has left no count.
finish() {
  local minutes=$1 pid dog
  deadline "$minutes" & dog=$!
  for pid in ${LANES[@]+"${LANES[@]}"}; do wait "$pid" || true; done
  kill "$dog" 2>/dev/null || true
  wait "$dog" 2>/dev/null || true
  end_lanes # what a failed test left running
  LANES=()
}
end_lanes() { local pid; for pid in ${LANES[@]+"${LANES[@]}"}; do kill "-${1:-TERM}" -- "-$pid" 2>/dev/null || true; done; }
# The pauses are as those of `remind` in lib.sh.
deadline() {
  exec </dev/null >/dev/null 8<> <(:)
  local pauses=0
  while kill -0 $$ 2>/dev/null && [ $pauses -lt $(($1 * 60)) ]; do
    read -rt 1 -u 8 _ || true
    pauses=$((pauses + 1))
  done
  kill -0 $$ 2>/dev/null || return 0
  say "not ended after $1 minutes, so it is ended: what is the last above, or the test after it, hangs"
  end_lanes TERM
  read -rt 5 -u 8 _ || true
  end_lanes KILL
}

# A check is one test; a level of jest counts its own.
check() { # NAME COMMAND...
  local name=$1 rc=0; shift
  "$@" || rc=$?
  if [ $rc = 0 ]; then echo "1 0" > "$RESULTS/$name.count"; else echo "0 1" > "$RESULTS/$name.count"; fi
}
jest_level() { # LEVEL [OPTIONS]
  local level=$1 rc=0; shift
  # --forceExit: what a failed test leaves open must not keep the run from saying that it failed.
  npx --no-install jest --selectProjects "$level" --forceExit --json --outputFile "$RESULTS/$level.json" "$@" > /dev/null || rc=$?
  node cli/count.mjs "$rc" "$RESULTS/$level.json" > "$RESULTS/$level.count"
}
go_level() {
  local plugin log
  for plugin in command openstack; do
    case $(cat "$TOOLCHAIN/.stamps/$plugin") in *official) echo "$plugin: the official plugin is in use"; continue ;; esac
    log=$RESULTS/go-$plugin.log
    local rc=0 passed failed
    # The flags of build.sh: what it compiled is not compiled again.
    (cd toolchain/$plugin && CGO_ENABLED=0 GOTOOLCHAIN=local GOWORK=off GOFLAGS="-trimpath -buildvcs=false" \
      go test -tags osusergo,grpcnotrace -ldflags "-s -w" -vet=off -count=1 -v ./...) > "$log" 2>&1 || rc=$?
    passed=$(grep -c '^--- PASS' "$log" || true) failed=$(grep -c '^--- FAIL' "$log" || true)
    [ $rc = 0 ] || { tail -n 40 "$log"; [ "$failed" -gt 0 ] || failed=1; }
    echo "toolchain/$plugin: $passed passed, $failed failed"
    echo "$passed $failed" > "$RESULTS/go-$plugin.count"
  done
}

# A lane runs its levels one after the other; what they say is kept back until each has ended, so that two lanes can be read.
lane() {
  local level began
  for level in "$@"; do
    began=$SECONDS
    "level_$level" > "$RESULTS/$level.out" 2>&1 || echo "$level: ended with status $?" >> "$RESULTS/$level.out"
    { echo; say "$level: $((SECONDS - began)) s"; cat "$RESULTS/$level.out"; } >&2
    rm -f "$RESULTS/$level.out"
  done
}
level_types() { check types npx --no-install tsc --noEmit; }
level_eslint() { check eslint npx --no-install eslint .; }
level_prettier() { check prettier npx --no-install prettier --check --log-level warn .; }
level_unit() { jest_level unit; }
level_graph() { jest_level graph; }

wants() { case " $levels " in *" $1 "*) ;; *) return 1 ;; esac; }
chosen() { local level; for level in "$@"; do ! wants "$level" || echo "$level"; done; }
# Two lanes that take about as long; lint is in both.
# shellcheck disable=SC2046 # names of levels, without spaces
fast_levels() {
  local level lint=
  ! wants lint || lint=lint
  start lane $(chosen unit) ${lint:+prettier}
  start lane $(chosen types) ${lint:+eslint} $(chosen graph)
  finish 10
  for level in types eslint prettier unit graph; do
    [ ! -f "$RESULTS/$level.out" ] || { echo; say "$level: did not end"; cat "$RESULTS/$level.out"; } >&2
  done
}
in_group() { local minutes=$1; shift; start "$@"; finish "$minutes"; }
# slow LEVEL MINUTES WHAT-IT-NEEDS COMMAND...: on the terminal, because it takes minutes; what hangs is ended after MINUTES, about
# twice what an idle machine of two cores needs.
slow() {
  local level=$1 minutes=$2 part=$3; shift 3
  wants "$level" || return 0
  if [ -n "$part" ] && ! "$CHECKOUT/cli/prepare.sh" "$part"; then
    say "$level: cannot run here, which counts as failed"
    echo "0 1" > "$RESULTS/$level.count"
    return
  fi
  stage "level $level" "what follows it" in_group "$minutes" "$@"
}

if wants types || wants lint || wants unit || wants graph; then
  stage "$(chosen types lint unit graph | paste -sd, - | sed 's/,/, /g')" "the slower levels, if asked for" fast_levels
fi
slow stand-ins 10 "" go_level
slow rack 25 rack jest_level rack
slow cloud 40 lab-light jest_level cloud --runInBand
slow end-to-end 25 lab jest_level end-to-end --runInBand

# A level that left no count did not come to its end.
for level in $levels; do
  case $level in lint) names="eslint prettier" ;; stand-ins) names= ;; *) names=$level ;; esac
  for name in $names; do [ -s "$RESULTS/$name.count" ] || echo "0 1" > "$RESULTS/$name.count"; done
done
say "all levels have ended"
read -r passed failed < <(cat "$RESULTS"/*.count | awk '{ p += $1; f += $2 } END { print p + 0, f + 0 }')
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
