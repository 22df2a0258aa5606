#!/usr/bin/env bash
# prepare.sh PART...: gets what a command needs.  Each part is quick when it is there, safe to stop and to start again.
#
#   node        checks the version of Node
#   modules     the npm packages of the lock file (npm ci)
#   toolchain   Pulumi, its language host and plugins, in the cache
#   ssh         OpenSSH's server and client
#   rack        the same, and a Python that makes virtual environments: for the tests of the rack
#   machine     a look at kernel, memory and disk, and the Debian packages that the lab needs (root)
#   lab         the same, and the lab's root filesystem and guest image, in the cache (root)
#   machine-light, lab-light   for a lab without virtual machines
#
# PRIVATE_CLOUD_CACHE says where the cache is (default: ${XDG_CACHE_HOME:-~/.cache}/private-cloud).
PROGRAM=prepare
# shellcheck source=cli/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
NODE_MIN=20

prepare_node() {
  command -v node >/dev/null || die "Node $NODE_MIN or newer is needed, and there is no node on PATH"
  local version
  version=$(node -p process.versions.node)
  [ "${version%%.*}" -ge $NODE_MIN ] || die "Node $NODE_MIN or newer is needed; $(command -v node) is $version"
}

modules_fresh() {
  local stamp=$CHECKOUT/node_modules/.private-cloud-lock lock=$CHECKOUT/package-lock.json wanted
  # npm writes this file last: without it an installation was killed.
  [ -f "$CHECKOUT/node_modules/.package-lock.json" ] || return 1
  wanted=$(sha256 "$lock")
  [ -f "$stamp" ] && { [ "$(cat "$stamp")" = "$wanted" ]; return; }
  [ "$CHECKOUT/node_modules/.package-lock.json" -nt "$lock" ] && echo "$wanted" > "$stamp"
}
install_modules() {
  modules_fresh && return
  stage "npm packages" "the tool chain" npm_ci
}
npm_ci() {
  local log=$OWN/npm-ci.log
  if ! (cd "$CHECKOUT" && npm ci --ignore-scripts --no-audit --no-fund > "$log" 2>&1 </dev/null); then
    tail -n 15 "$log" | sed 's/^/    /' >&2
    die "npm ci failed (the end of its output is above, all of it in $log)"
  fi
  sha256 "$CHECKOUT/package-lock.json" > "$CHECKOUT/node_modules/.private-cloud-lock"
}
prepare_modules() {
  prepare_node
  modules_fresh && return
  own_folder
  with_lock "$OWN/npm.lock" install_modules
}

toolchain_there() { [ -x "$TOOLCHAIN/bin/pulumi" ] && [ -f "$TOOLCHAIN/.stamps/openstack" ]; }
prepare_toolchain() {
  mkdir -p "$TOOLCHAIN" || die "the cache folder $TOOLCHAIN cannot be made; set PRIVATE_CLOUD_CACHE to a folder that can"
  if toolchain_there; then build_toolchain; else stage "tool chain (a download, or about 9 minutes of building)" "the command itself" build_toolchain; fi
}
build_toolchain() { "$CHECKOUT/toolchain/build.sh" "$TOOLCHAIN" >&2 || die "the tool chain could not be had (see above)"; }

# Debian's maintainer scripts must not start a daemon on this machine: policy-rc.d forbids it under systemd, RUNLEVEL elsewhere.
POLICY=/usr/sbin/policy-rc.d
POLICY_MARK="private-cloud installs packages"
forbid_daemons() {
  [ ! -d /run/systemd/system ] || [ -e $POLICY ] ||
    { printf '#!/bin/sh\n# %s\nexit 101\n' "$POLICY_MARK" > $POLICY; chmod 755 $POLICY; }
}
# Also what a killed run left.
allow_daemons() { if grep -qs "$POLICY_MARK" $POLICY; then rm -f $POLICY; fi; }

missing_packages() { # PACKAGE...: those that are not installed, a line each
  local package
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || echo "$package"
  done
}
install_packages() { # PACKAGE...
  local missing=() rc=0
  command -v dpkg-query >/dev/null || die "Debian's package tools are needed; this machine has none"
  mapfile -t missing < <(missing_packages "$@")
  if [ ${#missing[@]} = 0 ]; then allow_daemons; return; fi
  [ "$(id -u)" = 0 ] || die "these Debian packages are needed: ${missing[*]}; install them as root: apt-get install ${missing[*]}"
  own_folder
  forbid_daemons
  stage "Debian packages: ${missing[*]}" "what they are for" apt_install "${missing[@]}" || rc=$?
  allow_daemons
  [ $rc = 0 ] || die "the Debian packages ${missing[*]} could not be installed (see above)"
}
apt_install() {
  local log=$OWN/apt.log
  { apt_get install "$@" || { apt_get update && apt_get install "$@"; }; } > "$log" 2>&1 </dev/null && return
  tail -n 15 "$log" | sed 's/^/    /' >&2
  return 1
}
apt_get() { DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -q -y -o DPkg::Lock::Timeout=600 --no-install-recommends "$@"; }

prepare_ssh() {
  install_packages openssh-server openssh-client
  [ -x /usr/sbin/sshd ] || die "/usr/sbin/sshd is missing although openssh-server is installed"
  # sshd as root refuses to start without it; a boot makes it, an installation alone does not.
  [ "$(id -u)" != 0 ] || install -d -m 755 /run/sshd
}

prepare_rack() {
  prepare_ssh
  python3 -c 'import ensurepip, venv' 2>/dev/null || install_packages python3 python3-venv
}

# A tool chain that must be built needs Go's caches for its modules and objects.  They may be there already, and they are in HOME.
TOOLCHAIN_MB=4700
lab_command() { LAB_ALSO_NEEDS=$(toolchain_there || echo "$TOOLCHAIN_MB ${HOME:?} building the tool chain") LAB_CACHE=$CACHE/lab LAB_HOME=${PRIVATE_CLOUD_LAB_HOME:-/var/lib/private-cloud/lab} "$CHECKOUT/lab/lab" "$@" >&2; }
LAB_PACKAGES=(mmdebstrap curl openssl iproute2)
prepare_machine() { # [--light]
  need_linux_root
  # What no package can mend is told before one is installed.
  if [ -n "$(missing_packages openssh-server openssh-client "${LAB_PACKAGES[@]}")" ]; then
    LAB_TO_COME="${LAB_PACKAGES[*]}" look_at_machine "$@"
  fi
  prepare_ssh
  install_packages "${LAB_PACKAGES[@]}"
  look_at_machine "$@"
}
look_at_machine() { lab_command check "$@" || die "this machine cannot carry the lab (see above). \`npm run preview\` works without it"; }
prepare_lab() { # [--light]
  prepare_machine "$@"
  mkdir -p "$CACHE/lab"
  lab_command image "$@" || die "the lab's root filesystem or image could not be built (see above)"
}

[ $# -gt 0 ] || { sed -n '2,13s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
for part in "$@"; do
  case $part in
    node) prepare_node ;;
    modules) prepare_modules ;;
    toolchain) prepare_toolchain ;;
    ssh) prepare_ssh ;;
    rack) prepare_rack ;;
    machine) prepare_machine ;;
    machine-light) prepare_machine --light ;;
    lab) prepare_lab ;;
    lab-light) prepare_lab --light ;;
    -h | --help) sed -n '2,13s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) die "unknown part $part (node, modules, toolchain, ssh, rack, machine, machine-light, lab, lab-light)" 2 ;;
  esac
done
