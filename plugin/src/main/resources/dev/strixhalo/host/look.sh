#!/bin/sh
# What deploy and launch have to know of a node; follows probe.sh. Positional parameters: cluster name, then the devices to
# look for.
cluster=$1
shift
state="$HOME/.local/state/strixhalo/$cluster"

say user "$(id -un)"
say uid "$(id -u)"
say groups "$(id -Gn)"
say home "$HOME"
say connection "${SSH_CONNECTION:-}"
probe memlock grep "^Max locked memory" /proc/self/limits
say clock "$(date +%s)"
if [ -d /run/systemd/system ]; then
    if [ -e "/var/lib/systemd/linger/$(id -un)" ]; then say linger yes; else say linger no; fi
else
    say linger no-systemd
fi
probe subuid grep -E "^($(id -un)|$(id -u)):" /etc/subuid
probe subgid grep -E "^($(id -un)|$(id -u)):" /etc/subgid
# Those of all users: a fix has to name a range that nobody has.
probe subuids cat /etc/subuid
probe subgids cat /etc/subgid
probe addresses ip -j addr

# devices_sh prints devices.sh, which a container is asked by too.
probe devices sh -c "$(devices_sh)" sh "$@"

if ! command -v podman >/dev/null 2>&1; then
    say podman absent
else
    say podman-home "${empty:-}"
    probe podman podman --version
    # podman takes its time for every call: what one has said serves for the next.
    # shellcheck disable=SC2086 # the words of a command
    info=$(probe info ${podman:-podman} info --format json)
    printf '%s\n' "$info"
    graph=$(printf '%s\n' "$info" | sed -n 's/.*\\"graphRoot\\": \\"\([^"\\]*\)\\".*/\1/p')
    temporary=$(printf '%s\n' "$info" | sed -n 's/.*\\"imageCopyTmpDir\\": \\"\([^"\\]*\)\\".*/\1/p')
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
