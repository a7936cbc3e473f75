#!/bin/sh
# Makes the new container beside the old one, stopped. Positional parameters: its name, the image ID,
# the name that the image is kept under, then the command that makes it.
# A container of that name that never ran is a left-over of a broken run and is made anew.
set -eu
name=$1 image=$2 keep=$3
shift 3
state=$(podman container inspect --format '{{.State.Status}}' "$name" 2>/dev/null || echo none)
case $state in
    none) ;;
    created | configured | initialized) podman rm --force "$name" >/dev/null ;;
    *)
        echo "a container named $name is there already ($state)" >&2
        exit 3
        ;;
esac
# An image without a name is what "podman image prune" removes.
podman tag "$image" "$keep"
"$@"
