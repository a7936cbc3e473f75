# shellcheck shell=sh
# What vLLM, PyTorch and RCCL want to know on gfx1151, for everyone who enters the image: podman exec, Toolbx, distrobox.
# A value that is set already stays.
export FLASH_ATTENTION_TRITON_AMD_ENABLE="${FLASH_ATTENTION_TRITON_AMD_ENABLE:-TRUE}"
export HIP_FORCE_DEV_KERNARG="${HIP_FORCE_DEV_KERNARG:-1}"
export MIOPEN_FIND_MODE="${MIOPEN_FIND_MODE:-FAST}"
export PYTHONNOUSERSITE="${PYTHONNOUSERSITE:-1}"
export PYTORCH_ROCM_ARCH="${PYTORCH_ROCM_ARCH:-gfx1151}"
export TORCH_ROCM_AOTRITON_ENABLE_EXPERIMENTAL="${TORCH_ROCM_AOTRITON_ENABLE_EXPERIMENTAL:-1}"
export VLLM_TARGET_DEVICE="${VLLM_TARGET_DEVICE:-rocm}"

# The tools of the image come before those of a home folder that Toolbx and distrobox share with the host.
case ":$PATH:" in
    :/opt/venv/bin:*) ;;
    *) [ ! -d /opt/venv/bin ] || export PATH="/opt/venv/bin:$PATH" ;;
esac

# A crashed rank would write its whole memory to disk.
# shellcheck disable=SC3045 # every shell of the images has -c
ulimit -S -c 0 2>/dev/null || true
