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
# Whoever ends this script before it knows what it started must not leave that behind.
over=
trap 'over=125' TERM INT HUP
# A background job of some shells reads /dev/null, whatever is said.
exec 3<&0
# Beside this script, in a folder that is ours alone: in that for temporary files anybody could lay a link of this name.
beat=${0%/*}/.beat.$$
: >"$beat" || exit 126
# The living of its session. Its process group is not enough: ninja gives each compiler one of its own. But where there is no
# /proc, as in a bare chroot, the group is all that can be had.
session() {
    for stat in /proc/[0-9]*/stat; do
        IFS= read -r line <"$stat" || continue
        # After the name, which may hold anything: state, parent, group, session.
        # shellcheck disable=SC2086 # to be split
        set -- "${line%% *}" ${line##*) }
        if [ "$5" = "$command" ] && [ "$2" != Z ]; then echo "$1"; fi
    done 2>/dev/null
}

end_all() {
    exec 2>/dev/null
    trap '' TERM INT HUP USR1
    # Not yet in its session if it has only just been started.
    kill -s TERM -- "-$command" || kill -s TERM "$command"
    for pid in $(session); do kill -s TERM "$pid"; done
    waited=0
    # Whoever waits for this script gives it five seconds.
    while [ "$waited" -lt 3 ] && { [ -n "$(session)" ] || [ ! -e /proc/self/stat ]; }; do
        sleep 1
        waited=$((waited + 1))
    done
    kill -s KILL -- "-$command" || kill -s KILL "$command"
    # Until nobody is left who could have started another one.
    for round in 1 2 3 4 5 6 7 8 9; do
        left=$(session)
        if [ -z "$left" ]; then break; fi
        for pid in $left; do kill -s KILL "$pid"; done
        if [ "$round" -gt 6 ]; then sleep 1; fi
    done
    leave "$1"
}

leave() {
    exec 2>/dev/null
    kill -s KILL "$listener" "$watch"
    rm -f "$beat"
    exit "$1"
}
listener=
watch=
# In a session of its own, which is what is ended.
setsid "$@" </dev/null 3<&- &
command=$!
trap 'end_all 125' TERM INT HUP
trap 'end_all 124' USR1
if [ -n "$over" ]; then end_all "$over"; fi

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
if [ -n "$(session)" ] || kill -s 0 -- "-$command" 2>/dev/null; then end_all "$status"; fi
leave "$status"
