#!/usr/bin/env bash
# npm run pulumi -- ARGS
#
# Runs `pulumi ARGS` with the project's tool chain, state and passphrase; the stack is dev unless ARGS name another one.
#
#   npm run pulumi -- stack output --json
#   npm run pulumi -- preview --stack kit
#
# The exit status is pulumi's.  A backend or a passphrase that is set in the environment is used for stacks other than dev.
# Pulumi's own help: npm run pulumi -- help
PROGRAM="npm run pulumi"
# shellcheck source=cli/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

case ${1:-} in "" | -h | --help) sed -n '2,10s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;; esac

"$CHECKOUT/cli/prepare.sh" modules toolchain
stack=$(stack_of "$@")
pulumi_environment "$stack"
cd "$CHECKOUT"
foreground pulumi "$@"
