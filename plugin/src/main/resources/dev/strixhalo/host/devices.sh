#!/bin/sh
# Whether this user can open devices, on the node or in a container there. Parameters: paths; a line for each.
for path in "$@"; do
    if [ -d "$path" ]; then
        # A folder is as good as the devices in it: the worst of them is the answer.
        verdict=empty
        for inner in "$path"/*; do
            [ -c "$inner" ] || continue
            if [ -r "$inner" ] && [ -w "$inner" ]; then
                [ "$verdict" = empty ] && verdict=ok
            else
                case "$inner" in
                    # card* belongs to whoever sits at the screen; ROCm opens renderD* only (kernel docs, DRM render nodes).
                    /dev/dri/card* | /dev/infiniband/issm* | /dev/infiniband/umad*) ;;
                    *) verdict="denied $inner $(stat -c '%A %U:%G' "$inner")" ;;
                esac
            fi
        done
        printf '%s %s\n' "$path" "$verdict"
    elif [ ! -e "$path" ]; then
        printf '%s missing\n' "$path"
    elif [ -r "$path" ] && [ -w "$path" ]; then
        printf '%s ok\n' "$path"
    else
        printf '%s denied %s %s\n' "$path" "$path" "$(stat -c '%A %U:%G' "$path")"
    fi
done
