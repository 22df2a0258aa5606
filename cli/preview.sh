#!/usr/bin/env bash
# npm run preview [-- --stack NAME] [ARGS]
#
# `pulumi preview` with everything it needs.  Stack dev unless another one is named; the stack is made in this checkout's state
# if it is not there.  Needs neither root nor a lab nor a network once the tool chain is there.
# ARGS go to pulumi: --diff, --json, --expect-no-changes, ... (npm run pulumi -- help preview)
PROGRAM="npm run preview"
# shellcheck source=cli/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

case ${1:-} in -h | --help) sed -n '2,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;; esac

"$CHECKOUT/cli/prepare.sh" modules toolchain
stack=$(stack_of "$@")
pulumi_environment "$stack"
need_stack "$stack"
cd "$CHECKOUT"
foreground pulumi preview "$@"
