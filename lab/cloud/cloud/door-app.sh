#!/bin/bash
# door-app.sh ADDRESS|none: what port 8080 of the door leads to; remembered in the lab's state.
set -euo pipefail
a=$1; [ "$a" != none ] || a=
[ -z "$a" ] || [[ $a =~ ^[0-9]+(\.[0-9]+){3}$ ]] || { echo "lab: door app: $a is not an IPv4 address" >&2; exit 1; }
printf '%s' "$a" > /etc/lab/app
if [ -n "$a" ]; then c="set server app/app addr $a port 80; set server app/app state ready"; else c="set server app/app state maint"; fi
answer=$(socat - UNIX-CONNECT:/run/lab/door.socket <<< "$c")
case $answer in *[Ee]rror*|*invalid*|*[Uu]nknown*|*nable*) echo "lab: door app: $answer" >&2; exit 1;; esac
