package dev.strixhalo.rccl.elf;

import java.io.IOException;

/** How many dynamic symbols there are: without section headers only the hash tables know. */
final class SymbolCount {
    private SymbolCount() {}

    static long read(ElfNumbers numbers, Dynamic dynamic, long symbols) throws IOException, MalformedFileException {
        var hash = dynamic.offset(Dynamic.HASH);
        // The second word of the old table is the number of chains, one for each symbol.
        if (hash != null) return numbers.u32(hash + 4);
        var gnuHash = dynamic.offset(Dynamic.GNU_HASH);
        if (gnuHash != null) return byGnuHash(numbers, gnuHash);
        throw new MalformedFileException(symbols, "no hash table says how many dynamic symbols there are");
    }

    /** The table of GNU lists the defined symbols only, chain by chain; the last one of the last chain is the last of all. */
    private static long byGnuHash(ElfNumbers numbers, long table) throws IOException, MalformedFileException {
        long buckets = numbers.u32(table);
        long firstHashed = numbers.u32(table + 4);
        long bloomWords = numbers.u32(table + 8);
        long bucketsAt = table + 16 + bloomWords * (numbers.is64() ? 8 : 4);
        numbers.blocks().check(bucketsAt, buckets * 4, "the buckets of the hash table");
        long last = 0;
        for (long i = 0; i < buckets; i++) last = Math.max(last, numbers.u32(bucketsAt + 4 * i));
        if (last == 0) return firstHashed;
        if (last < firstHashed) {
            throw new MalformedFileException(bucketsAt, "a chain of the hash table begins before the hashed symbols");
        }
        long chains = bucketsAt + 4 * buckets;
        while ((numbers.u32(chains + 4 * (last - firstHashed)) & 1) == 0) last++;
        return last + 1;
    }
}
