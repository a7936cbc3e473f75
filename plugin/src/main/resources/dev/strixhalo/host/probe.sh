#!/bin/sh
# How a look at a node asks and answers; the other scripts follow this one in the same text, as the function 'look', and what
# they say goes through 'answers' to whoever asked. Positional parameter: the seconds that each probe has; the rest is left for
# them. Nothing is changed on the node.
# Each probe prints a line of JSON: {"probe": its key, "code": the exit code of its program, "out": what that said,
# "err": what it said on standard error}. A probe that hangs costs its seconds and its own answer, no other.
# Probes that wait for something far away run meanwhile, all at once; what they say lies in a folder for temporary files
# until the others are through, and the folder goes with the script.
# A process more for each of a hundred answers is what a user waits for: what the shell itself can do starts none.
LC_ALL=C
export LC_ALL
seconds=$1
shift
# shellcheck disable=SC2034 # the scripts after this one use it
user=$(id -un)
uid=$(id -u)

# To be called in a subshell that does nothing else, such as $(limited ...): it becomes the program.
limited() {
    # Standard input is the script itself; nobody else may read from it.
    # KILL, which reaches its children at once: one of podman's outlives the TERM that ends its parent, and keeps our pipe open.
    exec timeout -s KILL "$seconds" "$@" </dev/null
}

newline='
'
tab=$(printf '\t')
# On their way to 'answers' these stand for a quote of JSON's own and for where an answer begins and ends; what is said has none.
quote=$(printf '\001')
edge=$(printf '\036')

# Leaves in $plain a text without those two.
plain() {
    case $1 in
        *"$quote"* | *"$edge"*) plain=$(printf '%s\n' "$1" | tr -d '\001\036') ;;
        *) plain=$1 ;;
    esac
}

# All answers as lines of JSON: no control character is left in them but tabs and ends of lines.
answers() {
    sed -e 's/[\\"]/\\&/g' -e "s/$tab/\\\\t/g" -e 's/$/\\n/' -e "s/$quote/\"/g" | tr -d '\000-\035\037\177' | tr '\036' '\n'
}

# The first part of an answer: its key, the exit code and what was said.
begin() {
    plain "$1"
    key=$plain
    plain "$3"
    printf '\036{\001probe\001:\001%s\001,\001code\001:%s,\001out\001:\001%s\001' "$key" "$2" "$plain"
}

# The second: what was said on standard error.
end() {
    plain "$1"
    printf ',\001err\001:\001%s\001}\036' "$plain"
}

probe() {
    key=$1
    shift
    { err=$({ out=$(limited "$@" 3>&-); begin "$key" "$?" "$out" >&3; } 2>&1); } 3>&1
    end "$err"
}

say() {
    begin "$1" 0 "$2"
    end ''
}

# A small file that nobody can be kept waiting for: the kernel's own in /proc, or one of /etc. Parameters: key, path, and
# the beginnings of the lines that are wanted; none, and all are.
contents() {
    key=$1
    path=$2
    shift 2
    if [ ! -r "$path" ]; then
        begin "$key" 1 ''
        end "$path: there is no such file, or it may not be read"
        return
    fi
    text=
    while IFS= read -r line || [ -n "$line" ]; do
        [ $# -gt 0 ] || text=$text$line$newline
        for beginning in "$@"; do
            case $line in "$beginning"*) text=$text$line$newline ;; esac
        done
    done <"$path"
    say "$key" "${text%"$newline"}"
}

# Leaves in $found what stands in a text between two others, or nothing.
between() {
    found=
    case $1 in *"$2"*)
        found=${1#*"$2"}
        found=${found%%"$3"*}
        ;;
    esac
}

# podman's first call makes the user's storage and chooses its driver for good; a look must not be that call. Where there is
# no storage yet, podman is asked in an empty home with a copy of the user's settings. To be used unquoted.
# shellcheck disable=SC2034 # the scripts after this one use it
podman=podman
empty=
if [ "$uid" != 0 ] && [ ! -e "${XDG_DATA_HOME:-$HOME/.local/share}/containers/storage" ] &&
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
