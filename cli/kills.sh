#!/usr/bin/env bash
# npm run test:kills [-- --seed N] [--kills N]
#
# Kills `npm run up` and what it starts with SIGKILL at random events, in a light lab of its own, runs `up` after each, and counts
# at the end that nothing was lost or made twice.  The seed (default: 1) decides what is killed and when; kills: 6 by default, about a
# minute each.  Not a part of `npm test`.  Needs what `npm run up -- --light` needs.
PROGRAM="npm run test:kills"
# shellcheck source=cli/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

seed=1 kills=6
number() { [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || die "$1 is ${2:-missing}; it must be a whole number from 1" 2; }
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) sed -n '2,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    --seed) number "$@"; seed=$2; shift 2 ;;
    --kills) number "$@"; kills=$2; shift 2 ;;
    *) die "unknown argument $1; there are --seed N and --kills N" 2 ;;
  esac
done

"$CHECKOUT/cli/prepare.sh" modules toolchain lab-light
pulumi_environment "$DEV_STACK"
export PRIVATE_CLOUD_TEST_SEED=$seed PRIVATE_CLOUD_TEST_KILLS=$kills
cd "$CHECKOUT"
exec npx --no-install jest --selectProjects kills --runInBand
