#!/bin/sh
# How apply.sh and undo.sh, which follow this in the same text, read programs and keep the journal.
# A run is a folder RUN, root's alone, with its program and an entry NNN-CHANGE for each step; RUN.state beside it says to everyone
# how far it came: begun, done, failed NNN, undone, kept NNN. An entry is complete on disk before its step is begun.
set -u
umask 077
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH
# Of the folder and of the lines that programs and entries are made of.
schema() {
    echo 1
}

decode() {
    printf '%s' "$1" | base64 -d
}

# Seconds.
lock_patience=120

# Runs words that are base64 each, with commas between them; "-" is nothing to run. What the program says goes into a file,
# so that it does not die of a connection that does. What it leaves behind does not hold the lock.
perform() {
    [ "$1" != - ] || return 0
    words=$1
    output=$2
    set --
    while [ -n "$words" ]; do
        set -- "$@" "$(decode "${words%%,*}")"
        case $words in
            *,*) words=${words#*,} ;;
            *) words= ;;
        esac
    done
    patiently "$output" "$@"
}

# Runs a program. One that finds another package manager at work and does not wait by itself is run again until that is done.
# DPkg::Lock::Timeout is for dpkg's locks alone: for that of the lists 'apt-get update' does not wait, and dnf5 waits for none
# (github.com/rpm-software-management/dnf5/issues/2186).
patiently() {
    output=$1
    shift
    begun=$(date +%s)
    until DEBIAN_FRONTEND=noninteractive timeout -k 30 1500 "$@" </dev/null >"$output" 2>&1 9>&-; do
        code=$?
        case $1 in
            apt-get | dnf) ;;
            *) return "$code" ;;
        esac
        if ! grep -q -e 'Could not get lock' -e 'transaction lock' "$output" ||
            [ $(($(date +%s) - begun)) -ge "$lock_patience" ]; then
            return "$code"
        fi
        sleep 2
    done
}

# To the disk, folder and all; a sync(1) without arguments is the oldest way.
settle() {
    sync "$@" 2>/dev/null || sync
}

digest() {
    if [ -e "$1" ]; then sha256sum <"$1" | cut -d ' ' -f 1; else echo absent; fi
}

# Says of the run in this folder how far it came.
state() {
    printf '%s\n' "$2" >"$1.state.tmp"
    chmod 644 "$1.state.tmp"
    mv -f "$1.state.tmp" "$1.state"
    settle "$(dirname "$1")"
}

# The last lines of a program's output, for whoever waits.
tell() {
    [ ! -s "$1" ] || tail -n 12 "$1" | tr -d '\r' | sed 's/^/@@said /'
}

installed() {
    if [ -e /etc/debian_version ]; then
        # shellcheck disable=SC2016 # the braces are dpkg-query's own
        dpkg-query -W -f '${db:Status-Abbrev} ${binary:Package}\n' | sed -n 's/^ii *//p' | sort
    else
        rpm -qa --queryformat '%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}\n' | sort
    fi
}

# Puts a file back as the entry kept it: bytes, mode and owner; or takes it away, with the folders that we had made.
restore() {
    entry=$1
    path=$2
    suffix=$3
    if [ -e "$entry/absent$suffix" ]; then
        rm -f "$path" || return 1
        if [ -e "$entry/folders" ]; then
            while IFS= read -r made; do rmdir "$made" 2>/dev/null || :; done <"$entry/folders"
        fi
    else
        cp -p "$entry/before$suffix" "$path.strixhalo" && mv -f "$path.strixhalo" "$path" || return 1
        relabel "$path"
    fi
    settle "$(dirname "$path")" 2>/dev/null || :
}

# What belongs to a user is read and written by that user: links in a home lead root nowhere.
as_user() {
    if [ "$1" = "$(id -un)" ]; then
        shift
        timeout -k 5 60 "$@" 9>&-
    else
        runas=$1
        shift
        timeout -k 5 60 runuser -u "$runas" -- "$@" 9>&-
    fi
}

# A user's file gets what comes by standard input, mode and all as they are; a new one is the user's alone, as is its folder.
put_of_user() {
    # shellcheck disable=SC2016 # for the inner shell
    as_user "$1" sh -c 'umask 077
        mkdir -p "$(dirname "$1")" || exit 1
        [ ! -e "$1" ] || cp -p "$1" "$1.strixhalo" || exit 1
        cat >"$1.strixhalo" && mv -f "$1.strixhalo" "$1" && exit 0
        rm -f "$1.strixhalo"
        exit 1' sh "$2" || return 1
    relabel "$2"
    settle "$2" "$(dirname "$2")"
}

# Of a pair of keys: private and public file.
pair_digest() {
    # shellcheck disable=SC2016 # for the inner shell
    as_user "$1" sh -c 'cat "$1" "$2" 2>/dev/null | sha256sum' sh "$2" "$3" | cut -d ' ' -f 1
}

# SELinux's label of the place, where there is SELinux.
relabel() {
    if command -v restorecon >/dev/null 2>&1; then restorecon "$1" 2>/dev/null || :; fi
}

# One at a time: a second prepare waits for nobody. The lock goes with this process.
alone() {
    command -v flock >/dev/null 2>&1 || return 0
    exec 9>"$1/lock"
    if ! flock -n 9; then
        echo "@@failed 000 another prepare is at work here"
        exit 1
    fi
}
