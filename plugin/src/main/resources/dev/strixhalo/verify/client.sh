#!/bin/sh
# Runs a program that measures, to its end or to the end of its time. After what it said come "@@file" and the file that
# it wrote (the word @FILE@ in its arguments stands for the name), and "@@end CODE JUMP": its exit code, 124 at its
# time-out, and the seconds that the clock was set by meanwhile. Positional parameters: seconds, program and arguments.
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH
seconds=$1
shift
file=$(mktemp) || exit 1
client=
# shellcheck disable=SC2317 # the traps call it
end() {
    [ -z "$client" ] || kill "$client" 2>/dev/null
    rm -f "$file"
}
trap end EXIT
trap 'exit 143' TERM INT HUP
for word; do
    shift
    [ "$word" = @FILE@ ] && word=$file
    set -- "$@" "$word"
done

# The wall clock minus the time since boot, which nobody sets.
since() {
    echo "$(date +%s) $(cut -d. -f1 /proc/uptime)" | { read -r now up; echo $((now - up)); }
}

before=$(since)
timeout -k 2 "$seconds" "$@" </dev/null &
client=$!
wait "$client"
code=$?
client=
printf '\n@@file\n'
cat "$file"
printf '\n@@end %s %s\n' "$code" "$(($(since) - before))"
