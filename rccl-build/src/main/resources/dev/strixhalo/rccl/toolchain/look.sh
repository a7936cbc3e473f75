#!/bin/sh
# Says what this place has to compile with, one "name value" a line; changes nothing.
# usage: look.sh FOLDER [deep]
#   FOLDER  where rocm.sh lies
#   deep    also compiles an empty kernel, which takes seconds
# environment: STRIXHALO_ROCM (see rocm.sh), STRIXHALO_TARGET (for example gfx1151), STRIXHALO_TOOLS (a folder of programs
# that goes before the others, or empty)
folder=$1
rocm=
hipcc=
# shellcheck disable=SC1091 # the linter does not follow
. "$folder/rocm.sh"
if [ -n "${STRIXHALO_TOOLS:-}" ]; then PATH=$STRIXHALO_TOOLS:$PATH; fi
say() { printf '%s %s\n' "$1" "$2"; }
first() { "$@" 2>/dev/null | head -n 1; }

say rocm "$rocm"
say hipcc "$hipcc"
for tool in cmake ninja python3 git hipify-perl setsid ccache; do
    path=$(PATH=$PATH:${rocm:+$rocm/bin} command -v "$tool")
    say "path-$tool" "$path"
done
say cmake "$(first cmake --version | sed 's/cmake version //')"
say ninja "$(first ninja --version)"
say python3 "$(first python3 --version | sed 's/Python //')"
if [ -n "$hipcc" ]; then
    say hip "$("$hipcc" --version 2>/dev/null | sed -n 's/^HIP version: *//p')"
    say clang "$("$hipcc" --version 2>/dev/null | sed -n '/clang version/p' | head -n 1)"
fi
if [ -n "$rocm" ] && [ -r "$rocm/.info/version" ]; then say rocm-version "$(head -n 1 "$rocm/.info/version")"; fi
say libc "$(first ldd --version)"
say cores "$(nproc)"
# What the kernel has, or what a control group leaves of it.
available=$(sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo)
for limit in /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes; do
    [ -r "$limit" ] || continue
    bytes=$(cat "$limit")
    case $bytes in
    *[!0-9]* | '') ;;
    *) if [ "${#bytes}" -lt 16 ] && [ $((bytes / 1024)) -lt "$available" ]; then available=$((bytes / 1024)); fi ;;
    esac
done
say memory-kib "$available"
if [ "${2:-}" = deep ] && [ -n "$hipcc" ]; then
    trial=$(mktemp -d) || exit 1
    trap 'rm -rf "$trial"' EXIT
    echo '__global__ void kernel(int *out) { *out = 1; }' >"$trial/kernel.hip"
    # Included first is what hipcc includes anyway; the point is the device library and the linker for this GPU.
    if "$hipcc" --offload-arch="$STRIXHALO_TARGET" -include hip/hip_runtime.h -shared -fPIC -o "$trial/kernel.so" "$trial/kernel.hip" \
        >"$trial/said" 2>&1; then
        say kernel ok
    else
        say kernel failed
        sed -n 's/^/kernel-said /;1,8p' "$trial/said"
    fi
fi
exit 0
