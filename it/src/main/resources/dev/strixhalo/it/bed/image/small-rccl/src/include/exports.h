#pragma once

#define NCCL_EXPORT extern "C" __attribute__((visibility("default")))
