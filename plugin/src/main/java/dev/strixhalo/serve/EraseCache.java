package dev.strixhalo.serve;

import java.util.List;

/** The caches that may be emptied before a launch; a damaged one survives restarts and fails them all. */
final class EraseCache {
    /** In the container; each is a volume of the node's user. Weights are none of them. */
    static final List<String> FOLDERS = List.of("~/.cache/vllm", "~/.triton/cache", "~/.cache/comgr");

    private EraseCache() {}
}
