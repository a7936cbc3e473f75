#!/bin/sh
# How a look at a node asks and answers; the other scripts follow this one in the same text. Positional parameter: the
# seconds that each probe has; the rest is left for them. Nothing is changed on the node.
# Each probe prints "@@begin KEY", what its program said, and "@@end KEY EXIT-CODE"; what the program said on standard
# error comes as "@@err KEY TEXT" lines between. A probe that hangs costs its seconds and its own answer, no other.
# Probes that wait for something far away run meanwhile, all at once; what they say lies in a folder for temporary files
# until the others are through, and the folder goes with the script.
LC_ALL=C
export LC_ALL
seconds=$1
shift

limited() {
    # Standard input is the script itself; nobody else may read from it.
    timeout -k 5 "$seconds" "$@" </dev/null
}

probe() {
    key=$1
    shift
    printf '@@begin %s\n' "$key"
    { err=$(limited "$@" 2>&1 >&3 3>&-); code=$?; } 3>&1
    printf '\n'
    [ -z "$err" ] || printf '%s\n' "$err" | sed "s/^/@@err $key /"
    printf '@@end %s %s\n' "$key" "$code"
}

say() {
    printf '@@begin %s\n%s\n@@end %s 0\n' "$1" "$2" "$1"
}

folder=
meanwhile() {
    if [ -z "$folder" ]; then
        # Without room for a folder the probe is asked in its turn, like the others.
        folder=$(mktemp -d 2>/dev/null) || { folder=; probe "$@"; return; }
        trap 'rm -rf "$folder"' EXIT
        trap 'exit 143' HUP INT TERM
    fi
    probe "$@" >"$folder/$1" &
}

gather() {
    [ -n "$folder" ] || return 0
    wait
    cat "$folder"/*
}
