#!/usr/bin/env bash
# npm run pulumi -- ARGS
#
# Runs `pulumi ARGS` with the project's tool chain, state and passphrase; the stack is dev unless ARGS or PULUMI_STACK name another one.
#
#   npm run pulumi -- stack output --json
#   npm run pulumi -- config set --secret maasApiKey --stack NAME      # NAME: a Pulumi.NAME.yaml of your own
#
# The exit status is pulumi's.  A backend or a passphrase that is set in the environment is used, except for stack dev, which is
# always this checkout's; where a backend is set, a command that names no stack is about the one that is selected there.
# Pulumi's own help: npm run pulumi -- help
PROGRAM="npm run pulumi"
# shellcheck source=cli/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

case ${1:-} in "" | -h | --help) sed -n '2,11s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;; esac

"$CHECKOUT/cli/prepare.sh" modules toolchain
stack=$(named_stack "$@")
stack=${stack:-${PULUMI_STACK:-}}
if own_backend; then stack=${stack:-$DEV_STACK}; fi
pulumi_environment "$stack"
cd "$CHECKOUT"
foreground pulumi "$@"
