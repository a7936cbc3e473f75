/**
 * A {@code librccl.so.1} as facts ({@link dev.strixhalo.rccl.library.Inspection}) and what is to be thought of it
 * ({@link dev.strixhalo.rccl.library.Verdict}): has it code for the wanted GPU, does it want the HIP runtime that is there, does
 * it export what torch and vLLM need. Knows {@code elf} and {@code base}. Start reading at
 * {@link dev.strixhalo.rccl.library.Verdict}.
 */
@NullMarked
package dev.strixhalo.rccl.library;

import org.jspecify.annotations.NullMarked;
