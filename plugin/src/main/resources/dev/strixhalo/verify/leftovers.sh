#!/bin/sh
# Ends servers of earlier runs that were broken off. A record names process and start time (server.sh); what has the number
# but another start time is somebody else's and lives on. Positional parameter: name of the cluster. Says "ended PID
# COMMAND" for each.
LC_ALL=C
export LC_ALL
folder=$XDG_RUNTIME_DIR
[ -d "$folder" ] && [ -w "$folder" ] || folder=$HOME/.local/state
for record in "$folder/strixhalo/verify-$1"-[0-9]*.pid; do
    [ -f "$record" ] || continue
    read -r pid start <"$record"
    rm -f "$record"
    case $pid in '' | *[!0-9]*) continue ;; esac
    [ -r "/proc/$pid/stat" ] || continue
    [ "$(sed 's/.*) //' "/proc/$pid/stat" | cut -d' ' -f20)" = "$start" ] || continue
    command=$(tr '\0' ' ' <"/proc/$pid/cmdline")
    kill "$pid" 2>/dev/null || continue
    tries=0
    while [ "$tries" -lt 30 ] && kill -0 "$pid" 2>/dev/null; do
        tries=$((tries + 1))
        sleep 0.1
    done
    kill -s KILL "$pid" 2>/dev/null
    echo "ended $pid $command"
done
