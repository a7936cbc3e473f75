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

# podman's first call makes the user's storage and chooses its driver for good; a look must not be that call. Where there is
# no storage yet, podman is asked in an empty home with a copy of the user's settings. To be used unquoted.
# shellcheck disable=SC2034 # the scripts after this one use it
podman=podman
empty=
if [ "$(id -u)" != 0 ] && [ ! -e "${XDG_DATA_HOME:-$HOME/.local/share}/containers/storage" ] &&
    command -v podman >/dev/null 2>&1 && empty=$(mktemp -d /tmp/strixhalo-look.XXXXXX 2>/dev/null); then
    trap 'rm -rf "$empty"' EXIT
    trap 'exit 143' HUP INT TERM
    mkdir "$empty/.config"
    cp -R "${XDG_CONFIG_HOME:-$HOME/.config}/containers" "$empty/.config/" 2>/dev/null
    # shellcheck disable=SC2034 # the scripts after this one use it
    podman="env -u XDG_DATA_HOME -u XDG_CONFIG_HOME HOME=$empty podman"
fi

folder=
meanwhile() {
    if [ -z "$folder" ]; then
        # Without room for a folder the probe is asked in its turn, like the others.
        folder=$(mktemp -d 2>/dev/null) || { folder=; probe "$@"; return; }
        trap 'rm -rf "$folder" "$empty"' EXIT
        trap 'exit 143' HUP INT TERM
    fi
    probe "$@" >"$folder/$1" &
}

gather() {
    [ -n "$folder" ] || return 0
    wait
    cat "$folder"/*
}
