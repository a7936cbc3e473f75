#!/bin/sh
# Runs a command that ends, with all that it started, when whoever waits for it is gone or its time is over.
# usage: leash.sh SECONDS COMMAND [ARGUMENT...]
# On standard input it gets an empty line every two seconds; when that ends, or stays away for 20 s, nobody waits any more.
# exit status: the command's; 124 when its time was over, 125 when nobody waited any more; 126 when setsid is missing
seconds=$1
shift
command -v setsid >/dev/null || {
    echo 'leash.sh: setsid (util-linux) is missing' >&2
    exit 126
}
# A background job of some shells reads /dev/null, whatever is said.
exec 3<&0
beat=${TMPDIR:-/tmp}/strixhalo-leash.$$
: >"$beat" || exit 126
# In a session of its own, which is what is ended.
setsid "$@" </dev/null 3<&- &
command=$!

# shellcheck disable=SC2317 # called by traps
end_all() {
    exec 2>/dev/null
    trap '' TERM USR1
    # Not yet in its session if it has only just been started.
    kill -s TERM -- "-$command" || kill -s TERM "$command"
    waited=0
    while kill -s 0 -- "-$command" && [ "$waited" -lt 5 ]; do
        sleep 1
        waited=$((waited + 1))
    done
    kill -s KILL -- "-$command"
    leave "$1"
}

leave() {
    exec 2>/dev/null
    kill -s KILL "$listener" "$watch"
    rm -f "$beat"
    exit "$1"
}
trap 'end_all 125' TERM INT HUP
trap 'end_all 124' USR1

(
    exec >/dev/null 2>&1
    while IFS= read -r _; do : >"$beat"; done
    kill -s TERM $$
) <&3 &
listener=$!
(
    exec </dev/null >/dev/null 2>&1
    missed=0
    while [ "$seconds" -gt 0 ] && [ "$missed" -lt 10 ]; do
        sleep 2
        seconds=$((seconds - 2))
        if [ -e "$beat" ]; then
            rm -f "$beat"
            missed=0
        else
            missed=$((missed + 1))
        fi
    done
    if [ "$seconds" -gt 0 ]; then kill -s TERM $$; else kill -s USR1 $$; fi
) &
watch=$!

wait "$command"
status=$?
# What it left behind in its session has no business here.
kill -s TERM -- "-$command" 2>/dev/null
leave "$status"
