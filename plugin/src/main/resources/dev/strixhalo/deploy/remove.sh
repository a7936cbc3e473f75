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
if [ "$images" = yes ]; then
    for image in $(podman images --filter "reference=localhost/strixhalo/$cluster" --format '{{.Repository}}:{{.Tag}}'); do
        podman rmi "$image" >/dev/null
        printf '@@removed image %s\n' "$image"
    done
    shift 4
    # The bases, by image ID; one that something else uses stays, and says so.
    for base in "$@"; do
        podman image exists "$base" || continue
        if said=$(podman rmi --force=false "$base" 2>&1); then
            printf '@@removed base %s\n' "$base"
        else
            printf '@@kept base %s: %s\n' "$base" "$(printf '%s' "$said" | tail -n 1)"
        fi
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
