# shellcheck shell=bash
# What the shell commands of cli/ share.  To be sourced; everything here speaks on standard error.
set -euo pipefail

CHECKOUT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
OWN=$CHECKOUT/.private-cloud
# Without the storage library's file of attributes beside each file: unlike the state it is written in place, and a pulumi that is
# killed meanwhile leaves an empty one, with which no command reads the state any more ("failed to load checkpoint: EOF").
# https://pkg.go.dev/gocloud.dev/blob/fileblob#URLOpener
OWN_BACKEND="file://$OWN/state?metadata=skip"
CACHE=${PRIVATE_CLOUD_CACHE:-${XDG_CACHE_HOME:-${HOME:?}/.cache}/private-cloud}
TOOLCHAIN=$CACHE/toolchain
DEV_STACK=dev

say() { printf '[%2d:%02d] %s\n' $((SECONDS / 60)) $((SECONDS % 60)) "$*" >&2; }
die() {
  [ -z "${REMINDER:-}" ] || kill "$REMINDER" 2>/dev/null || true
  printf '%s: %s\n' "${PROGRAM:-private-cloud}" "$1" >&2
  exit "${2:-1}"
}

need_linux_root() {
  [ "$(uname -s)" = Linux ] ||
    die "the lab needs Linux (namespaces, overlayfs); this is $(uname -s). \`npm run preview\` works without it"
  [ "$(id -u)" = 0 ] ||
    die "the lab needs root (namespaces, mounts, bridges): run it as root. \`npm run preview\` works without"
}

# stage WHAT NEXT COMMAND...: says that a stage begins and what comes after it, every 30 s that it still runs, and how long it took.
stage() {
  local what=$1 next=$2 began=$SECONDS rc=0 REMINDER
  shift 2
  say "$what … (next: $next)"
  remind "$what" "$began" & REMINDER=$!
  "$@" || rc=$?
  kill "$REMINDER" 2>/dev/null || true
  wait "$REMINDER" 2>/dev/null || true
  if [ $rc = 0 ]; then say "$what: done in $((SECONDS - began)) s"; else say "$what: failed after $((SECONDS - began)) s"; fi
  return $rc
}
# The pause is a read that nothing answers: no `sleep` is left behind when the reminder is ended.  $$ is the command itself.
remind() {
  exec </dev/null >/dev/null 8<> <(:)
  local pauses=0
  while kill -0 $$ 2>/dev/null; do
    read -rt 1 -u 8 _ || true
    pauses=$((pauses + 1))
    [ $((pauses % 30)) != 0 ] || say "$1: $((SECONDS - $2)) s so far"
  done
}

sha256() { if command -v sha256sum >/dev/null; then sha256sum "$@"; else shasum -a 256 "$@"; fi | cut -d' ' -f1; }

# with_lock FILE COMMAND...: one at a time; where there is no flock(1) two at once are not prevented.
with_lock() {
  local file=$1; shift
  command -v flock >/dev/null || { "$@"; return; }
  (
    flock -n 9 || { say "waiting for another command that prepares the same"; flock -w 1800 9 || die "another command does not finish ($file)" 75; }
    "$@"
  ) 9>"$file"
}

own_folder() { (umask 077; mkdir -p "$OWN" "$OWN/state"; chmod 700 "$OWN"); }

# The passphrase that encrypts this checkout's state: made once, and never again while there is a state that needs it.
passphrase() {
  own_folder
  local file=$OWN/passphrase
  [ -s "$file" ] && return
  [ -z "$(find "$OWN/state/.pulumi/stacks" -name '*.json' 2>/dev/null)" ] ||
    die "$file is missing, and the state in $OWN/state is encrypted with it. Put it back, or remove $OWN/state and what that stack made"
  forget_salt
  (umask 077; head -c 32 /dev/urandom | base64 | tr -d '\n' > "$file.$$"; ln "$file.$$" "$file" 2>/dev/null || true; rm -f "$file.$$")
  [ -s "$file" ] || die "$file could not be written"
}

# Pulumi keeps the salt of the passphrase in the stack's file, which is committed; the passphrase is this checkout's alone.
STACK_FILE=Pulumi.$DEV_STACK.yaml
NO_SALT='/^encryptionsalt: /d'
# A salt of an earlier passphrase would make Pulumi refuse the new one.
forget_salt() {
  grep -q '^encryptionsalt: ' "$CHECKOUT/$STACK_FILE" 2>/dev/null || return 0
  local part=$OWN/stack-file.$$
  sed "$NO_SALT" "$CHECKOUT/$STACK_FILE" > "$part" && cat "$part" > "$CHECKOUT/$STACK_FILE"
  rm -f "$part"
}
has_git() { [ "$(git -C "$CHECKOUT" rev-parse --show-toplevel 2>/dev/null)" = "$CHECKOUT" ]; }
unhide_salt() { if has_git; then git -C "$CHECKOUT" config --remove-section filter.pulumi-salt 2>/dev/null || true; fi; }
# hide_salt: git does not see the line (the filter of .gitattributes), and learns the file's new size, which it looks at first.
hide_salt() {
  has_git || return 0
  local git=(git -C "$CHECKOUT")
  "${git[@]}" config filter.pulumi-salt.clean > /dev/null || "${git[@]}" config filter.pulumi-salt.clean "sed '$NO_SALT'" || return 0
  if "${git[@]}" diff --quiet HEAD -- "$STACK_FILE" 2>/dev/null; then "${git[@]}" add -- "$STACK_FILE" 2>/dev/null || true; fi
}

# pulumi_variables [own|foreign]: NAME=VALUE lines.  `foreign` keeps a backend and a passphrase that the caller has set: stacks
# other than dev may live elsewhere, and must not be encrypted with the passphrase that goes with this checkout's state.  https://www.pulumi.com/docs/iac/cli/environment-variables/
pulumi_variables() {
  local kind=${1:-own}
  cat <<END
PULUMI_HOME=$TOOLCHAIN/home
PULUMI_SKIP_UPDATE_CHECK=true
PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION=true
PULUMI_DISABLE_REGISTRY_RESOLVE=true
PULUMI_IGNORE_AMBIENT_PLUGINS=true
PULUMI_SUPPRESS_NEO_LINK=true
PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER=true
END
  if [ "$kind" = foreign ] && ! own_backend; then return; fi
  echo "PULUMI_BACKEND_URL=$OWN_BACKEND"
  [ "$kind" = foreign ] && [ -n "${PULUMI_CONFIG_PASSPHRASE:-}${PULUMI_CONFIG_PASSPHRASE_FILE:-}" ] ||
    echo "PULUMI_CONFIG_PASSPHRASE_FILE=$OWN/passphrase"
}

# Temporary files and ssh's sockets have a folder of this checkout, short enough for a socket's path; `down` removes it, with what
# killed programs left in it.
temporary_folder() {
  local base=${TMPDIR:-/tmp} name
  name=private-cloud-$(printf %s "$CHECKOUT" | sha256 | cut -c1-12)
  case ${base%/} in */"$name") ;; *) base=${base%/}/$name ;; esac
  (umask 077; mkdir -p "$base") && [ -O "$base" ] || die "$base cannot be made, or belongs to another user; set TMPDIR to a folder of your own"
  export TMPDIR=$base XDG_RUNTIME_DIR=$base
}

# pulumi_environment STACK: sets that environment here.  Without a stack it is the caller's backend, which knows which one is selected.
pulumi_environment() {
  local kind=foreign line
  passphrase
  temporary_folder
  # A passphrase in the environment would win over ours, and the state would be encrypted with two.
  [ "$1" != "$DEV_STACK" ] || { kind=own; unset PULUMI_CONFIG_PASSPHRASE; }
  while IFS= read -r line; do export "${line?}"; done < <(pulumi_variables "$kind")
  [ -z "$1" ] || export PULUMI_STACK=$1
  hide_salt
  case :$PATH: in ":$TOOLCHAIN/bin:"*) ;; *) export PATH=$TOOLCHAIN/bin:$PATH ;; esac
}
own_backend() { case ${PULUMI_BACKEND_URL:-} in "" | "$OWN_BACKEND") ;; *) return 1 ;; esac; }

# named_stack ARGS: the stack that a pulumi command line names, without its organisation and project; nothing if it names none.
named_stack() {
  local name= words=()
  while [ $# -gt 0 ]; do
    case $1 in
      --) break ;;
      --stack=* | -s=*) name=${1#*=} ;;
      -s | --stack) [ $# -lt 2 ] || { name=$2; shift; } ;;
      -s?*) name=${1#-s} ;;
      -[yf]?*) set -- "-${1#-[yf]}" "${@:2}"; continue ;;        # -ys NAME
      --secrets-provider | --copy-config-from | --teams | --cwd | -C | --color | --tracing | --profiling | --verbose | -v)
        [ $# -lt 2 ] || shift ;;
      -*) ;;
      *) words+=("$1") ;;
    esac
    shift
  done
  case "${words[0]:-} ${words[1]:-}" in "stack init" | "stack select" | "stack rm" | "stack remove" | "stack delete") name=${name:-${words[2]:-}} ;; esac
  printf '%s\n' "${name##*/}"
}
# stack_of ARGS: the same, else the one that the environment names, else dev.
stack_of() {
  local name; name=$(named_stack "$@")
  printf '%s\n' "${name:-${PULUMI_STACK:-$DEV_STACK}}"
}

# state_file STACK: where this checkout's state has it.
state_file() {
  local project
  project=$(sed -n 's/^name: *//p' "$CHECKOUT/Pulumi.yaml" | tr -d "\"'" | head -n1)
  printf '%s\n' "$OWN/state/.pulumi/stacks/$project/$1.json"
}
# need_stack STACK: makes it in this checkout's state when it is not there.
need_stack() {
  case ${PULUMI_BACKEND_URL:-} in "$OWN_BACKEND") ;; *) return ;; esac
  [ -f "$CHECKOUT/Pulumi.$1.yaml" ] || die "there is no stack $1: Pulumi.$1.yaml is missing. There are: $(stacks)" 2
  local file
  file=$(state_file "$1")
  [ -f "$file" ] && return
  with_lock "$OWN/stack.lock" init_stack "$1" "$file"
}
init_stack() {
  [ -f "$2" ] && return
  say "stack $1: made in $OWN/state"
  local rc=0 words
  words=$(cd "$CHECKOUT" && node cli/foreground.mjs pulumi stack init "$1" --non-interactive 2>&1 </dev/null) || rc=$?
  [ $rc = 0 ] || die "pulumi stack init $1 failed: $words"
  hide_salt
}
stacks() {
  local file names=
  for file in "$CHECKOUT"/Pulumi.*.yaml; do
    [ -f "$file" ] || continue
    file=${file##*/Pulumi.}
    names="$names${names:+, }${file%.yaml}"
  done
  printf '%s' "${names:-none}"
}

# foreground COMMAND...: instead of this shell; passes signals and the exit status on.
foreground() { exec node "$CHECKOUT/cli/foreground.mjs" "$@"; }
