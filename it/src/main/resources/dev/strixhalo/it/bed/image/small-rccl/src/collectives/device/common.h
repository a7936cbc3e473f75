#pragma once

// The conditions are RCCL's, and so is the way to fail: a gfx11 that is not named here has no s_memrealtime.
#if defined(__gfx1100__) || defined(__gfx1101__) || defined(__gfx1102__)
#define traceTime() wall_clock64()
#else
#define traceTime() __builtin_amdgcn_s_memrealtime()
#endif
