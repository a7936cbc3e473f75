#!/bin/sh
# How a look at a node asks and answers; the other scripts follow this one in the same text. Positional parameter: the
# seconds that each probe has; the rest is left for them. Nothing is changed on the node.
# Each probe prints a line of JSON: {"probe": its key, "code": the exit code of its program, "out": what that said,
# "err": what it said on standard error}. A probe that hangs costs its seconds and its own answer, no other.
# Probes that wait for something far away run meanwhile, all at once; what they say lies in a folder for temporary files
# until the others are through, and the folder goes with the script.
LC_ALL=C
export LC_ALL
seconds=$1
shift

limited() {
    # Standard input is the script itself; nobody else may read from it.
    # KILL, which reaches its children at once: one of podman's outlives the TERM that ends its parent, and keeps our pipe open.
    timeout -s KILL "$seconds" "$@" </dev/null
}

tab=$(printf '\t')
# Leaves in $quoted what JSON has between quotes for a text, without control characters but tabs and ends of lines.
quote() {
    case $1 in
        *[!A-Za-z0-9\ _.,:/=+-]*)
            quoted=$(printf '%s\n' "$1" | sed -e ':all' -e '$!{' -e 'N' -e 'b all' -e '}' -e 's/[\\"]/\\&/g' \
                -e "s/$tab/\\\\t/g" -e 's/\n/\\n/g' -e 's/[[:cntrl:]]//g')
            ;;
        *) quoted=$1 ;;
    esac
}

# The first part of an answer: its key, the exit code and what was said.
begin() {
    quote "$1"
    key=$quoted
    quote "$3"
    printf '{"probe":"%s","code":%s,"out":"%s"' "$key" "$2" "$quoted"
}

probe() {
    key=$1
    shift
    { err=$({ out=$(limited "$@" 3>&-); begin "$key" "$?" "$out" >&3; } 2>&1); } 3>&1
    quote "$err"
    printf ',"err":"%s"}\n' "$quoted"
}

say() {
    begin "$1" 0 "$2"
    printf ',"err":""}\n'
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
