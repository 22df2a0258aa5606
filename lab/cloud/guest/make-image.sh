#!/bin/bash
# Turn a directory with Debian into a small bootable cloud image: BIOS, unpartitioned ext4, extlinux, real cloud-init.
# usage: make-image.sh DIRECTORY OUT.qcow2.  Most of it exists to boot fast on an emulated CPU: 28 s instead of 89 s to the end of cloud-init.
set -euo pipefail
R=$1 OUT=$2 HERE=$(cd "$(dirname "$0")" && pwd) W=/tmp/image
export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin
mkdir -p $W
: > "$R/etc/fstab"                            # the initramfs mounts root read-write: no fsck, no wait for a device unit
echo lab > "$R/etc/hostname"; printf '127.0.0.1 localhost lab\n' > "$R/etc/hosts"
: > "$R/etc/machine-id"

# ---- cloud-init in one process
U=$R/etc/systemd/system
mkdir -p "$R"/etc/systemd/{network,system.conf.d,journald.conf.d} "$U"/{multi-user,sockets,getty}.target.wants "$R/etc/cloud/cloud.cfg.d" "$R/usr/local/lib/lab"
install -m 644 "$HERE/cloud.cfg" "$R/etc/cloud/cloud.cfg.d/90_lab.cfg"
install -m 755 "$HERE/cloud-init-all" "$R/usr/local/lib/lab/cloud-init-all"
install -m 644 "$HERE/cloud-init-all.service" "$U/"
ln -sf ../cloud-init-all.service "$U/multi-user.target.wants/"
ln -sf /lib/systemd/system/systemd-networkd.service "$U/multi-user.target.wants/"
ln -sf /lib/systemd/system/systemd-networkd.socket "$U/sockets.target.wants/"
ln -sf /lib/systemd/system/serial-getty@.service "$U/getty.target.wants/serial-getty@ttyS0.service"
ln -sf /lib/systemd/system/multi-user.target "$U/default.target"
# The applications are installed but not enabled: user-data starts what a server is for.
rm -f "$R/lib/systemd/system-generators/cloud-init-generator" "$U"/multi-user.target.wants/{ssh,nginx,haproxy,keepalived,postgresql}.service "$U/sshd.service"

# ---- units that do nothing useful in a guest, each costing start-up time
for s in cloud-init-local.service cloud-init.service cloud-config.service cloud-final.service cloud-init-hotplugd.socket systemd-binfmt.service \
  dev-hugepages.mount dev-mqueue.mount sys-kernel-debug.mount sys-kernel-tracing.mount sys-fs-fuse-connections.mount proc-sys-fs-binfmt_misc.automount \
  systemd-logind.service getty@tty1.service systemd-update-utmp.service systemd-update-utmp-runlevel.service systemd-networkd-wait-online.service \
  systemd-network-generator.service systemd-boot-random-seed.service modprobe@drm.service modprobe@efi_pstore.service modprobe@fuse.service \
  modprobe@configfs.service modprobe@dm_mod.service modprobe@loop.service ldconfig.service apt-daily.timer apt-daily-upgrade.timer \
  e2scrub_reap.service e2scrub_all.timer fstrim.timer dpkg-db-backup.timer systemd-pstore.service; do
  find "$U" -name "$s" -type l -delete; ln -sf /dev/null "$U/$s"; done
# cloud-init's networkd renderer restarts systemd-resolved, which is not installed
printf '[Service]\nType=oneshot\nExecStart=/bin/true\n' > "$U/systemd-resolved.service"
printf '[Manager]\nDefaultTimeoutStartSec=300s\n' > "$R/etc/systemd/system.conf.d/lab.conf"
printf '[Journal]\nStorage=volatile\nForwardToConsole=no\n' > "$R/etc/systemd/journald.conf.d/lab.conf"
rm -f "$R"/etc/ssh/ssh_host_* "$R/etc/resolv.conf"; printf 'nameserver 127.0.0.1\n' > "$R/etc/resolv.conf"

# ---- trim.  The config drive is an IDE CD-ROM: drivers/ata and scsi/sr_mod have to stay
rm -rf "$R"/usr/share/{lintian,bash-completion,pixmaps}/* "$R"/var/cache/apt/* "$R"/var/lib/apt/lists/* "$R"/var/log/*.log "$R"/var/log/apt
find "$R/usr/lib/python3/dist-packages" -name tests -type d -prune -exec rm -rf {} +
KV=$(ls "$R/lib/modules"); M="$R/lib/modules/$KV/kernel"
( cd "$M/drivers" && rm -rf gpu infiniband net/ethernet net/wireless net/usb net/can usb media sound iio hwmon staging md mtd isdn target nvdimm comedi nvme message xen hv )
( cd "$M/fs" && rm -rf btrfs xfs ocfs2 gfs2 jfs reiserfs f2fs nilfs2 ceph cifs smb* nfs nfsd lockd afs coda ufs hfs hfsplus ubifs jffs2 dlm orangefs ntfs ntfs3 udf erofs nls )
rm -rf "$M/sound" "$M/net/"{bluetooth,wireless,mac80211,can,rds,tipc,sctp,dccp,sunrpc,rxrpc,ceph,smc,openvswitch,mpls,atm,appletalk,ax25,batman-adv,9p,ieee802154,mac802154,6lowpan,nfc,rfkill}
chroot "$R" depmod "$KV"
# The cluster that the package made has the build's locale; a copy of this one saves a guest its own initdb.
mount --bind /dev "$R/dev"; mount -t proc proc "$R/proc"
chroot "$R" pg_dropcluster 15 main; chroot "$R" pg_createcluster 15 main --locale C.UTF-8 --encoding UTF8
umount "$R/dev" "$R/proc"
# compile now what the emulated CPU would otherwise compile at every boot
chroot "$R" python3 -m compileall -q -j 0 /usr/lib/python3 /usr/lib/python3.11 >/dev/null 2>&1 || true

# ---- initramfs: static busybox and the virtio modules, 1 MB; ext4 is built into Debian's cloud kernel
I=$W/initrd; mkdir -p "$I"/{bin,dev,proc,sys,mnt,m}; cp "$R/bin/busybox" "$I/bin/busybox"; install -m 755 "$HERE/initramfs-init" "$I/init"
n=10
for m in $(for m in virtio_pci virtio_blk; do chroot "$R" modprobe --show-depends -S "$KV" $m; done | awk '$1 == "insmod" && !s[$2]++ { print $2 }'); do
  cp "$R$m" "$I/m/$n-$(basename "$m")"; n=$((n + 1)); done
( cd "$I" && find . | cpio -o -H newc --quiet ) | lz4 -l -9 -q - - > $W/initrd.img

# ---- disk
mv "$R/boot/vmlinuz-$KV" $W/vmlinuz; rm -rf "$R"/boot/*; mkdir -p "$R/boot/extlinux"
mv $W/vmlinuz $W/initrd.img "$R/boot/"; cp "$HERE/extlinux.conf" "$R/boot/extlinux/"
truncate -s "${DISK_MB:-1500}M" $W/disk.raw
# With a journal, whose commits flush QEMU's cache every few seconds: without one a guest that is killed loses files for good.
mkfs.ext4 -q -F -L root -O ^64bit,^metadata_csum -J size=16 -m 0 -N 40000 -d "$R" $W/disk.raw
mkdir $W/mnt; mount -o loop $W/disk.raw $W/mnt
extlinux --install $W/mnt/boot/extlinux 2>&1
umount $W/mnt
qemu-img convert -c -O qcow2 -o compression_type=zstd,cluster_size=65536 $W/disk.raw "$OUT.part"
mv "$OUT.part" "$OUT"
