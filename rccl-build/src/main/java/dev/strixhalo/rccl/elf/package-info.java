/**
 * What is inside an ELF file: identity, dynamic section, symbols, and the code for GPUs that HIP's compiler puts into it.
 * Facts only, read in Java without starting anything, in memory that does not grow with the file; a file that is not what it
 * says is refused with the offset where it goes wrong. It reads through {@link dev.strixhalo.rccl.elf.FileTree}, so that a file
 * may lie on this machine or in an image on a node. Knows the JDK and a library for zstd; nothing of RCCL. Start reading at
 * {@link dev.strixhalo.rccl.elf.ElfFile}.
 */
@NullMarked
package dev.strixhalo.rccl.elf;

import org.jspecify.annotations.NullMarked;
