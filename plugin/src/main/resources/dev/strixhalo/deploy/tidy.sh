#!/bin/sh
# Removes what a deploy no longer needs: every stopped container of the cluster but the one to keep, and the images of
# ours that no container uses. Positional parameters: cluster, name of the running container, name of the one kept for
# going back ("-" for none).
set -eu
cluster=$1 running=$2 keep=$3
for name in $(podman ps --all --filter "label=dev.strixhalo.cluster=$cluster" --format '{{.Names}}'); do
    if [ "$name" = "$running" ] || [ "$name" = "$keep" ]; then continue; fi
    podman rm --force "$name" >/dev/null
    printf '@@removed container %s\n' "$name"
done
for image in $(podman images --filter "reference=localhost/strixhalo/$cluster" --format '{{.Repository}}:{{.Tag}}'); do
    id=$(podman image inspect --format '{{.Id}}' "$image")
    [ -z "$(podman ps --all --quiet --filter "ancestor=$id")" ] || continue
    podman rmi "$image" >/dev/null
    printf '@@removed image %s\n' "$image"
done
