#!/bin/sh
# What deploy and launch have to know of a node; follows probe.sh. Positional parameters: cluster name, then the devices to
# look for.
# shellcheck disable=SC2154 # probe.sh sets who the user is, what was found, and marks
cluster=$1
shift
state="$HOME/.local/state/strixhalo/$cluster"

say user "$user"
say uid "$uid"
say groups "$(id -Gn)"
say home "$HOME"
say connection "${SSH_CONNECTION:-}"
contents memlock /proc/self/limits "Max locked memory"
say clock "$(date +%s)"
if [ -d /run/systemd/system ]; then
    if [ -e "/var/lib/systemd/linger/$user" ]; then say linger yes; else say linger no; fi
else
    say linger no-systemd
fi
contents subuid /etc/subuid "$user:" "$uid:"
contents subgid /etc/subgid "$user:" "$uid:"
# Those of all users: a fix has to name a range that nobody has.
contents subuids /etc/subuid
contents subgids /etc/subgid
probe addresses ip -j addr

# devices_sh prints devices.sh, which a container is asked by too.
probe devices sh -c "$(devices_sh)" sh "$@"

if ! command -v podman >/dev/null 2>&1; then
    say podman absent
else
    say podman-home "${empty:-}"
    # podman takes its time for every call: what one has said serves for the next.
    # shellcheck disable=SC2086 # the words of a command
    info=$(probe info ${podman:-podman} info --format json)
    printf '%s\n' "$info"
    between "$info" '"Version": "' '"'
    if [ -n "$found" ]; then say podman "podman version $found"; else probe podman podman --version; fi
    between "$info" '"graphRoot": "' '"'
    graph=$found
    between "$info" '"imageCopyTmpDir": "' '"'
    temporary=$found
    # What is not there yet will lie where its nearest folder lies.
    case $graph in "${empty:-/dev/null}"/*) graph=$HOME${graph#"${empty:-}"} ;; esac
    while [ -n "$graph" ] && [ ! -e "$graph" ]; do graph=${graph%/*}; done
    probe room df -Pk "${graph:-$HOME}" "${temporary:-/var/tmp}"
    # shellcheck disable=SC2086 # the words of a command
    if images=$(limited ${podman:-podman} images --quiet --no-trunc 2>/dev/null) && [ -z "$images" ]; then
        say images '[]'
    else
        # A call that failed told of no image, and this one says why; it must not be the one that makes the storage, either.
        # shellcheck disable=SC2046,SC2086 # one word per image ID, and the words of a command
        probe images ${podman:-podman} image inspect $(printf '%s\n' "$images" | sort -u)
    fi
    # shellcheck disable=SC2086 # the words of a command
    containers=$(probe containers ${podman:-podman} ps --all --filter "label=dev.strixhalo.cluster=$cluster" --no-trunc \
        --format json)
    printf '%s\n' "$containers"
    [ ! -e "$state/deploy.json" ] || probe deployed cat "$state/deploy.json"
    [ ! -e "$state/gate.json" ] || probe gate cat "$state/gate.json"
    [ ! -e "$state/run/launch.json" ] || probe launch cat "$state/run/launch.json"
fi
