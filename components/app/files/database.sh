#!/bin/sh
# Brings PostgreSQL up on its volume: on an empty one it makes a file system and a cluster, otherwise it takes both as they are.
# May be run again at any time; waits for the volume, which may be attached much later. Usage: database.sh DEVICE LABEL VERSION MOUNT
set -eu
device=$1 label=$2 version=$3 mount=$4
programs=/usr/lib/postgresql/$version/bin shipped=/var/lib/postgresql/$version/main data=$mount/$version/main
say() { echo "database: $*" | tee /dev/console; }

waited=0
until [ -b "$device" ]; do
  [ $((waited % 30)) -ne 5 ] || say "waiting for the volume as $device"
  sleep 1; waited=$((waited + 1))
done

# Only "nothing recognised" (2) makes a file system; anything else could be somebody's data.
status=0; blkid -p "$device" > /dev/null || status=$?
case $status in
  0) ;;
  2) say "empty volume: making a file system"; mkfs.ext4 -q -L "$label" -E nodiscard "$device" ;;
  *) say "blkid cannot tell what is on $device (status $status): nothing is touched"; exit 1 ;;
esac
# A copy of the volume taken elsewhere keeps its label; without one the unit would not find it at the next boot.
[ "$(blkid -p -o value -s LABEL "$device")" = "$label" ] || { say "$device holds something else than $label: nothing is touched"; exit 1; }
udevadm settle --timeout=60
systemctl start "$(systemd-escape --path --suffix=mount "$mount")"

if [ ! -s "$data/PG_VERSION" ]; then
  rm -rf "$data.part"; install -d -o postgres -g postgres "$mount/$version"
  if [ -s "$shipped/PG_VERSION" ]; then cp -a "$shipped" "$data.part"   # much faster than initdb
  else install -d -o postgres -g postgres -m 700 "$data.part"; runuser -u postgres -- "$programs/initdb" -D "$data.part" > /dev/null; fi
  sync; mv "$data.part" "$data"
fi
chown -R postgres:postgres "$mount/$version"; chmod 700 "$data"   # another image may number its users differently
# Not "enable", whose reload of all units takes seconds on a slow processor.
mkdir -p /etc/systemd/system/multi-user.target.wants
ln -sf ../app-database.service /etc/systemd/system/multi-user.target.wants/
systemctl start app-database.service
runuser -u postgres -- "$programs/psql" -X -q -v ON_ERROR_STOP=1 -h /run/app-database -f - < /etc/app/setup.sql
say "ready"
