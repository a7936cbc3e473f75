#!/bin/sh
# Removes what a cluster has on this node. Positional parameters: cluster, seconds to let containers end in, whether images
# go too (yes or no), whether caches go too (yes or no). Prints "@@removed THING" for each thing that is gone.
set -eu
cluster=$1 grace=$2 images=$3 caches=$4
for name in $(podman ps --all --filter "label=dev.strixhalo.cluster=$cluster" --format '{{.Names}}'); do
    podman stop --time "$grace" "$name" >/dev/null 2>&1 || true
    podman rm --force "$name" >/dev/null
    printf '@@removed container %s\n' "$name"
done
# One that something else uses stays, and says so.
remove_image() {
    if said=$(podman rmi "$2" 2>&1); then
        printf '@@removed %s %s\n' "$1" "$2"
    else
        printf '@@kept %s %s: %s\n' "$1" "$2" "$(printf '%s' "$said" | tail -n 1)"
    fi
}
if [ "$images" = yes ]; then
    for image in $(podman images --filter "reference=localhost/strixhalo/$cluster" --format '{{.Repository}}:{{.Tag}}'); do
        remove_image image "$image"
    done
    shift 4
    for base in "$@"; do
        if podman image exists "$base"; then remove_image base "$base"; fi
    done
fi
if [ "$caches" = yes ]; then
    # Of Hugging Face's folder the weights only: its token, if there is one, is the user's.
    for folder in "$HOME/.cache/huggingface/hub" "$HOME/.cache/huggingface/xet" "$HOME/.cache/vllm" "$HOME/.triton"; do
        [ -e "$folder" ] || continue
        # Files of other users of the container belong to subordinate IDs: only their namespace may remove them.
        podman unshare rm -rf -- "$folder"
        printf '@@removed cache %s\n' "$folder"
    done
fi
state="$HOME/.local/state/strixhalo/$cluster"
if [ -e "$state" ]; then
    podman unshare rm -rf -- "$state"
    printf '@@removed folder %s\n' "$state"
fi
