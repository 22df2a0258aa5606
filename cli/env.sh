#!/usr/bin/env bash
# npm run -s env
#
# Prints the lines that set the project's Pulumi environment in a shell:
#
#   eval "$(npm run -s env)"
#   pulumi preview                # stack dev; another one: --stack NAME
#
# Only these lines go to standard output.  It prepares the tool chain and makes this checkout's passphrase where they are missing, and
# sets the filter in this checkout's git that keeps the passphrase's salt out of commits.
PROGRAM="npm run env"
# shellcheck source=cli/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

case ${1:-} in
  "") ;;
  -h | --help) sed -n '2,10s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
  *) die "unknown argument $1; see npm run env -- --help" 2 ;;
esac

"$CHECKOUT/cli/prepare.sh" modules toolchain
passphrase
hide_salt
# shellcheck disable=SC2016 # $PATH is for the shell that evaluates the line
printf 'export PATH=%q:"$PATH"\n' "$TOOLCHAIN/bin"
while IFS= read -r line; do printf 'export %s=%q\n' "${line%%=*}" "${line#*=}"; done < <(pulumi_variables own)
printf 'export PULUMI_STACK=%q\n' "$DEV_STACK"
[ -z "${PULUMI_CONFIG_PASSPHRASE+set}" ] || echo 'unset PULUMI_CONFIG_PASSPHRASE'
