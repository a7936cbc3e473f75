# shellcheck shell=sh disable=SC2034 # it is read by others
# Read with '.': finds ROCm and its compiler here, then takes away whatever of the environment could bend a build.
# in:  STRIXHALO_ROCM  root of ROCm, or empty: ROCM_PATH, /opt/rocm, the hipcc on the PATH, the rocm-sdk wheels, in this order
# out: rocm, hipcc     empty when there is none
rocm=
hipcc=
for place in "${STRIXHALO_ROCM:-}" "${ROCM_PATH:-}" /opt/rocm; do
    if [ -n "$place" ] && [ -x "$place/bin/hipcc" ]; then
        rocm=$place
        break
    fi
    # A root that was asked for is not replaced by another one in silence.
    if [ -n "${STRIXHALO_ROCM:-}" ]; then break; fi
done
if [ -z "$rocm" ] && [ -z "${STRIXHALO_ROCM:-}" ]; then
    if found=$(command -v hipcc) && found=$(readlink -f "$found"); then rocm=${found%/bin/*}; fi
    # pip puts a hipcc beside python that only calls the one in the wheels.
    if ! [ -d "$rocm/include/hip" ]; then
        for python in python3 /opt/venv/bin/python3; do
            found=$("$python" -m rocm_sdk path --root 2>/dev/null) || continue
            if [ -x "$found/bin/hipcc" ]; then
                rocm=$found
                break
            fi
        done
    fi
fi
if [ -n "$rocm" ]; then hipcc=$rocm/bin/hipcc; fi

# ROCM_PATH=/usr keeps clang from its device library, CXXFLAGS change the bytes, and so on: nothing comes in by the environment.
for variable in $(env | sed -n 's/^\([A-Za-z_][A-Za-z0-9_]*\)=.*/\1/p'); do
    case $variable in
    PATH | HOME | TMPDIR | PWD | STRIXHALO_*) ;;
    # Newer RCCL fetches headers while it is configured.
    http_proxy | https_proxy | no_proxy | all_proxy | HTTP_PROXY | HTTPS_PROXY | NO_PROXY | ALL_PROXY) ;;
    # Not to be unset, and an attempt ends a shell.
    SHELLOPTS | BASHOPTS) ;;
    *) unset "$variable" ;;
    esac
done
LC_ALL=C.UTF-8
TZ=UTC
export LC_ALL TZ
