#pragma once

// gfx10 and gfx11 have no such instruction.
static __device__ void storeFence() {
#if !defined(__gfx1030__) && !defined(__gfx1100__) && !defined(__gfx1101__) && !defined(__gfx1102__)
    __asm__ __volatile__("buffer_wbinvl1_vol");
#endif
}
