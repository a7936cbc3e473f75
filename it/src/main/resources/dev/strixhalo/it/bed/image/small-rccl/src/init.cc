#include "exports.h"
#include "rccl/rccl.h"

NCCL_EXPORT ncclResult_t ncclGetVersion(int *version) {
    *version = NCCL_VERSION_CODE;
    return ncclSuccess;
}

NCCL_EXPORT const char *ncclGetErrorString(ncclResult_t result) {
    return result == ncclSuccess ? "no error" : "this is the test bed's stand-in for RCCL: it cannot communicate";
}

NCCL_EXPORT const char *ncclGetLastError(void *) { return ncclGetErrorString(ncclSystemError); }
