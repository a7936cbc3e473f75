#!/bin/sh
# Makes the folders that a container of ours needs on its host; what is there, a file too, stays as it is. Positional
# parameters: absolute paths.
set -eu
umask 077
for folder in "$@"; do
    [ -e "$folder" ] || mkdir -p -- "$folder"
done
