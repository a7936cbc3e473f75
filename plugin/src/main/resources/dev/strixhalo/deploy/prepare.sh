#!/bin/sh
# Makes the folders that a container of ours needs on its host. Positional parameters: absolute paths.
set -eu
umask 077
for folder in "$@"; do
    mkdir -p -- "$folder"
done
