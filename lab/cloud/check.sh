#!/bin/bash
# What the machine must have, looked at before anything is built or started: a sentence for each thing that is missing.
# usage: check.sh full|light
# LAB_TO_COME: packages that the caller installs before the lab is used, and that need not be there yet.
. "$(dirname "$0")/lib.sh"
VARIANT=$1; missing=0
lacks() { echo "lab: $*" >&2; missing=1; }

[ "$(uname -s)" = Linux ] || die "the lab needs Linux; this is $(uname -s)"
need_root
[[ $LAB_ADDRESS =~ ^127\.[0-9]+\.[0-9]+\.[0-9]+$ ]] || lacks "LAB_ADDRESS is $LAB_ADDRESS; it must be a loopback address, for example 127.0.50.1"
case $(uname -m) in x86_64) ;; *) lacks "the lab's packages and guests are for x86_64; this machine is $(uname -m)";; esac

# ---- programs
to_come() { [[ " ${LAB_TO_COME:-} " = *" $1 "* ]]; }
for c in node:Node\ 20 unshare:util-linux nsenter:util-linux setpriv:util-linux flock:util-linux ip:iproute2; do
  command -v "${c%%:*}" >/dev/null || to_come "${c#*:}" || lacks "the program ${c%%:*} is missing; install ${c#*:}"; done
[ -e "$(rootfs_dir)" ] || command -v mmdebstrap >/dev/null || to_come mmdebstrap ||
  lacks "mmdebstrap is missing, with which the root filesystem is built; install it: apt-get install --no-install-recommends mmdebstrap"

# ---- kernel: each feature is used once, in namespaces that end with the test
if ! unshare --mount --net --pid --ipc --uts --fork true 2>/dev/null; then
  lacks "the kernel does not let root make namespaces (a container without privileges?)"
elif command -v ip >/dev/null; then
  make() { local name=$1; shift
    unshare --net ip link add "$@" 2>/dev/null || lacks "the kernel cannot make $name interfaces; load or build its module"; }
  make bridge probe0 type bridge
  make veth probe0 type veth peer name probe1
  if [ "$VARIANT" = full ]; then
    make VXLAN probe0 type vxlan id 1 dstport 4789
    unshare --mount --net sh -c 'mount -t tmpfs t /tmp && mknod /tmp/tun c 10 200 && ip tuntap add probe0 mode tap' 2>/dev/null ||
      [ -e /dev/net/tun ] || lacks "the kernel has no tun/tap device; load the module tun"
  fi
fi
overlay_works() { # DIRECTORY: can it carry the writable layer?
  mkdir -p "$1" && (D=$(mktemp -d "$1/.check.XXXXXX") && mkdir "$D"/{l,u,w,m} &&
    { unshare --mount --propagation private mount -t overlay probe -o "lowerdir=$D/l,upperdir=$D/u,workdir=$D/w" "$D/m" 2>/dev/null; rc=$?; rm -rf "$D"; exit $rc; })
}
made=; [ -d "$LAB_HOME" ] || made=1
overlay_works "$LAB_HOME" || lacks "no overlay can be mounted on $LAB_HOME: the kernel lacks overlayfs, or the folder is on an overlay itself; set LAB_HOME to a folder on ext4 or xfs"
[ -z "$made" ] || rmdir "$LAB_HOME" 2>/dev/null || true

# ---- room: figures measured, see README.md
. "$LAB_SRC/room.sh"
if [ ! -e "$(rootfs_dir)" ]; then
  if [ "$VARIANT" = full ]; then needs 4500 "$CACHE" "building the root filesystem and the guest image in $CACHE"
  else needs 3000 "$CACHE" "building the root filesystem in $CACHE"; fi
fi
# What a kept lab has written already is no longer free.
if [ -e "$STATE/made-with" ]; then needs 1000 "$LAB_HOME" "a kept lab in $LAB_HOME"
elif [ "$VARIANT" = full ]; then needs 4000 "$LAB_HOME" "a running lab in $LAB_HOME"
else needs 1000 "$LAB_HOME" "a running lab in $LAB_HOME"; fi
# LAB_ALSO_NEEDS: what the caller is about to put beside it, "MB DIRECTORY WHAT".
if [ -n "${LAB_ALSO_NEEDS:-}" ]; then read -r mb dir what <<< "$LAB_ALSO_NEEDS"; needs "$mb" "$dir" "$what"; fi
while IFS= read -r line; do lacks "$line"; done < <(room)
# A lab that runs has its memory already.
runs() { local p; read -r p 2>/dev/null < "$RUN/init.pid" && [ -e "$RUN/sandbox-up" ] && [ -e "/proc/$p" ]; }
memory=$(awk '/^MemAvailable:/ { print int($2 / 1024) }' /proc/meminfo)
wanted=4000; [ "$VARIANT" = light ] || wanted=8000
runs || [ "$memory" -ge $wanted ] || lacks "$memory MB of memory are available; a $VARIANT lab needs $wanted MB"

exit $missing
