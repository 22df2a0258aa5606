# What is needed of disks, added up for each filesystem: two things that fit alone may not fit together.  Sourced.
# shellcheck shell=bash
NEEDS=()
needs() { NEEDS+=("$1|$2|$3"); } # MB DIRECTORY WHAT
# room: a line for each filesystem that has too little.
room() {
  local need mb dir what place have; declare -A sum=() free=() list=()
  for need in ${NEEDS[@]+"${NEEDS[@]}"}; do
    IFS='|' read -r mb dir what <<< "$need"
    until [ -d "$dir" ]; do dir=$(dirname "$dir"); done
    IFS='|' read -r have place < <(df -Pm "$dir" | awk 'NR == 2 { free = $4; sub(/^[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ +/, ""); print free "|" $0 }')
    sum[$place]=$((${sum[$place]:-0} + mb)) free[$place]=$have
    list[$place]=${list[$place]:+${list[$place]}, }"$mb for $what"
  done
  for place in "${!sum[@]}"; do
    [ "${free[$place]}" -ge "${sum[$place]}" ] ||
      echo "$place has ${free[$place]} MB free and ${sum[$place]} MB are needed there: ${list[$place]}"
  done
}
