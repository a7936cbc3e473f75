#!/bin/sh
# Configures, compiles and installs RCCL. Nothing of the time, the user or the environment reaches the result.
# usage: build.sh FOLDER JOBS
#   FOLDER/source           patched sources
#   FOLDER/scripts          this script, rocm.sh
#   FOLDER/cmake-arguments  one argument a line
#   FOLDER/output           is made: installed files below usr, and what was measured
# environment: as for look.sh; CCACHE_DIR is kept when STRIXHALO_CCACHE is set
# output: what the tools say, and lines "@phase NAME"
# exit status: 2 when configuring, 3 when compiling, 4 when installing failed
folder=$1
jobs=$2
rocm=
hipcc=
# shellcheck disable=SC1091 # it lies beside this one only in a workplace
. "$folder/scripts/rocm.sh"
if [ -n "${STRIXHALO_TOOLS:-}" ]; then PATH=$STRIXHALO_TOOLS:$PATH; fi
PATH=$PATH:$rocm/bin
HOME=$folder
export PATH HOME
if [ -n "${STRIXHALO_CCACHE:-}" ]; then
    CCACHE_DIR=$STRIXHALO_CCACHE
    CCACHE_COMPILERTYPE=clang
    export CCACHE_DIR CCACHE_COMPILERTYPE
fi
umask 022
rm -rf "$folder/build" "$folder/output"
mkdir "$folder/output" || exit 1

echo '@phase configure'
set -- "-DROCM_PATH=$rocm" "-DCMAKE_CXX_COMPILER=$hipcc"
if [ "$rocm" != /usr ]; then set -- "$@" "-DCMAKE_PREFIX_PATH=$rocm/lib/cmake;$rocm"; fi
while IFS= read -r argument; do
    set -- "$@" "$argument"
done <"$folder/cmake-arguments"
CXX=$hipcc cmake -G Ninja -S "$folder/source" -B "$folder/build" "$@" || exit 2

echo '@phase compile'
# Of all that was waited for, the largest process tells how much memory a job takes.
python3 -c '
import resource, subprocess, sys
status = subprocess.call(sys.argv[2:])
used = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as measured:
    measured.write("peak-kib %d\ncpu-seconds %d\n" % (used.ru_maxrss, used.ru_utime + used.ru_stime))
sys.exit(min(status, 125) if status >= 0 else 125)
' "$folder/output/measured" ninja -C "$folder/build" -j "$jobs" rccl || exit 3

echo '@phase install'
DESTDIR=$folder/output cmake --install "$folder/build" --prefix /usr --strip || exit 4
