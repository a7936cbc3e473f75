#!/bin/sh
# Starts the server of one measurement on a port that is free, tells the port as "@@port N", and ends it when standard
# input says "end" or closes, or when its time is over. What the server said follows as "@@said" and its lines, then
# "@@end CODE". Positional parameters: name of the cluster, seconds that the server may live, first port to try, program
# and arguments, in which the word @PORT@ stands for the port. Its process is recorded for leftovers.sh while it lives.
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH
cluster=$1
seconds=$2
first=$3
shift 3

folder=$XDG_RUNTIME_DIR
[ -d "$folder" ] && [ -w "$folder" ] || folder=$HOME/.local/state
folder=$folder/strixhalo
said=$(mktemp) || exit 1
mkdir -p "$folder" || exit 1
server=
record=

listens() {
    # The kernel's tables of sockets, in hexadecimal; 0A is LISTEN (proc_pid_net(5)). Present in every container.
    grep -qsE "^ *[0-9]+: [0-9A-F]+:$(printf '%04X' "$1") [0-9A-F]+:0000 0A " /proc/net/tcp /proc/net/tcp6
}

lives() {
    # A child that ended stays as a zombie until it is waited for, and kill -0 finds it.
    case $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) in '' | Z*) return 1 ;; esac
}

# shellcheck disable=SC2317 # the traps call it
end() {
    trap '' TERM INT HUP
    [ -z "$server" ] || kill "$server" 2>/dev/null
    [ -z "$record" ] || rm -f "$record"
    rm -f "$said"
}
trap end EXIT
trap 'exit 143' TERM INT HUP

# A command in the background has no standard input; this is where "end" comes from.
exec 3<&0

attempt() {
    port=$1
    shift
    for word; do
        shift
        [ "$word" = @PORT@ ] && word=$port
        set -- "$@" "$word"
    done
    # timeout(1) ends the server also where nobody is left to do so: behind 'podman exec' nothing ends with its caller.
    timeout -k 2 "$seconds" "$@" </dev/null >"$said" 2>&1 3<&- &
    server=$!
    record=$folder/verify-$cluster-$port.pid
    # Field 22 is the start time (proc_pid_stat(5)); the name before it may hold blanks and brackets.
    printf '%s %s\n' "$server" "$(sed 's/.*) //' "/proc/$server/stat" | cut -d' ' -f20)" >"$record"
    tries=0
    while [ "$tries" -lt 100 ] && lives "$server"; do
        listens "$port" && return 0
        tries=$((tries + 1))
        sleep 0.1
    done
    kill "$server" 2>/dev/null
    wait "$server"
    code=$?
    server=
    rm -f "$record"
    return 1
}

port=$first
left=20
while [ "$left" -gt 0 ]; do
    left=$((left - 1))
    if listens "$port"; then
        port=$((port + 1))
        continue
    fi
    attempt "$port" "$@" && break
    # Taken between our look and its bind; anything else is told.
    grep -qi 'address already in use' "$said" || break
    port=$((port + 1))
done
if [ -z "$server" ]; then
    printf '@@said\n'
    [ "$left" -gt 0 ] || printf 'no port from %s on is free\n' "$first"
    cat "$said"
    printf '\n@@end %s\n' "${code:-1}"
    exit 0
fi
printf '@@port %s\n' "$port"
( while read -r word && [ "$word" != end ]; do :; done <&3; kill "$server" 2>/dev/null ) &
reader=$!
wait "$server"
code=$?
server=
kill "$reader" 2>/dev/null
printf '@@said\n'
cat "$said"
printf '\n@@end %s\n' "$code"
