# Settings and helpers shared by every script that runs on the machine outside the lab.  Sourced, never run.
# shellcheck shell=bash
set -euo pipefail
LAB_SRC=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
LAB_HOME=${LAB_HOME:-/var/lib/private-cloud/lab}   # with the cache the only place outside the checkout that the lab writes to
LAB_ADDRESS=${LAB_ADDRESS:-127.0.50.1}         # the door: a loopback address, the same inside and outside
LAB_SUITE=bookworm                             # Debian 12 ships OpenStack Zed
CACHE=${LAB_CACHE:-$LAB_HOME/cache}            # survives everything, shared by all labs: root filesystem, guest image, database dump
STATE=$LAB_HOME/state                          # what the running cloud wrote (overlay upper layer) and /home; removed by --purge
RUN=$LAB_HOME/run                              # logs, pid files, CA certificate, the rack's program
FORGET=${LAB_FORGET:-lab down --purge}         # what people are told to do with a state that cannot be used; a caller may know more to forget
umask 022
export PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH LC_ALL=C.UTF-8

die() { echo "lab: $*" >&2; exit 1; }
need_root() { [ "$(id -u)" = 0 ] || die "needs root (namespaces, overlayfs); run it as root"; }
LAB_T0=${LAB_T0:-$(date +%s%N)}; export LAB_T0
step() { local ms=$(( ($(date +%s%N) - LAB_T0) / 1000000 )); printf '[+%d.%ds] %s\n' $((ms / 1000)) $((ms % 1000 / 100)) "$*"; }

# The root filesystem is named after what it is made of, so that a changed package list builds a new one.
rootfs_dir() { echo "$CACHE/rootfs-$LAB_SUITE-$(cat "$LAB_SRC"/rootfs/packages "$LAB_SRC"/rootfs/build.sh | md5sum | cut -c1-8)"; }

guest_dir() { echo "$CACHE/guest-$LAB_SUITE-$(cat "$LAB_SRC"/guest/packages "$LAB_SRC"/guest/packages.sh | md5sum | cut -c1-8)"; }
GUEST_IMAGE=$CACHE/guest.qcow2

# The Debian sources of this machine, as one-line sources.list entries: nothing about the mirror is written down in the lab.
apt_sources() {
  if [ -n "${LAB_APT_SOURCES:-}" ]; then cat "$LAB_APT_SOURCES"; return; fi
  apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' \
    | awk -v s="$LAB_SUITE" '$3 ~ "^"s && !seen[$0]++ { sub(/^deb /, "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] "); print }'
}

# Prefix for a command that is to be killed when the shell that started it is: a killed "lab up" leaves no build behind.
# (Not on either side of a pipe or in a ( ) subshell: there the starting shell is the subshell, which lives on.)
WITH_US="setpriv --pdeathsig KILL"
# Run a command in throw-away mount and pid namespaces: however it ends, its mounts and children end with it.
contained() { $WITH_US unshare --mount --propagation private --pid --fork --kill-child --mount-proc "$@"; }
