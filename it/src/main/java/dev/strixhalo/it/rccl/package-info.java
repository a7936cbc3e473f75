/**
 * RCCL against the tools that everybody trusts: what our inspection says of ELF files is compared with binutils and LLVM. Knows
 * the rooms {@code elf} and {@code library} of strixhalo-rccl-build. Start reading at
 * {@link dev.strixhalo.it.rccl.ElfComparison}.
 */
@NullMarked
package dev.strixhalo.it.rccl;

import org.jspecify.annotations.NullMarked;
