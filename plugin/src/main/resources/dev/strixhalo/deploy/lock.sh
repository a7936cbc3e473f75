#!/bin/sh
# Holds the cluster's lock on this node for as long as the session that started it lives; nothing has to be cleaned up
# after a kill. Positional parameters: cluster, who wants it. Prints "@@locked PID", or "@@held WHO" and ends with 75.
set -eu
umask 077
folder="$HOME/.local/state/strixhalo/$1" who=$2
mkdir -p -- "$folder"
exec 9>>"$folder/lock"
if ! flock --wait 5 9; then
    printf '@@held %s\n' "$(cat "$folder/lock.who" 2>/dev/null || echo 'someone who left no name')"
    exit 75
fi
printf '%s\n' "$who" >"$folder/lock.who"
trap 'rm -f -- "$folder/lock.who"; exit 0' EXIT HUP INT TERM
printf '@@locked %s\n' "$$"
# Our parent is the session; when it is gone we are handed to another.
parent=$PPID
while [ "$(awk '/^PPid:/ { print $2 }' /proc/$$/status)" = "$parent" ]; do
    # A shell that waits hears a signal at once; one whose sleep is in the foreground hears it when that is over. The sleep
    # outlives it then and must hold neither the lock nor the session's streams.
    sleep 1 9>&- >/dev/null 2>&1 &
    wait "$!"
done
