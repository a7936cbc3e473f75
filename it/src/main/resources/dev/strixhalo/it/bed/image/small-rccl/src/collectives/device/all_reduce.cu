#include <hip/hip_runtime.h>

#include "common.h"
#include "devcomm.h"
#include "prims_ll128.h"

// The sum of two ranks' buffers, and when each warp was done.
__global__ void ncclKernel_AllReduce_RING_SIMPLE_Sum_float(float *sum, const float *other, size_t count, uint64_t *done) {
    const size_t thread = blockIdx.x * blockDim.x + threadIdx.x;
    for (size_t i = thread; i < count; i += gridDim.x * blockDim.x) sum[i] += other[i];
    storeFence();
    if (thread % WARP_SIZE == 0) done[thread / WARP_SIZE] = traceTime();
}
