/**
 * The proof of build-rccl: the real compiler and the real RCCL, as a user calls the goal in each of the three places where it
 * can compile, told as chapters of small steps like the rehearsal's; and our reading of ELF files against binutils and LLVM.
 * Knows the bed, what stage lends, and of the product the rooms {@code elf} and {@code library} of
 * strixhalo-rccl-build; the goals it calls from outside. Start reading at {@link dev.strixhalo.it.rccl.Rccl}.
 */
@NullMarked
package dev.strixhalo.it.rccl;

import org.jspecify.annotations.NullMarked;
