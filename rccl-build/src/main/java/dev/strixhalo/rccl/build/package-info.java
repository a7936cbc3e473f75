/**
 * The build itself: {@link dev.strixhalo.rccl.build.RcclBuild} takes a source, patches, a toolchain and options to an installed,
 * stripped, judged library in an archive with {@code rccl.json} beside it. The same input is built once: key, progress, time-out
 * and the sentence for a failure live here. Knows {@code source}, {@code toolchain}, {@code library} and {@code base}. Start
 * reading at {@link dev.strixhalo.rccl.build.RcclBuild}.
 */
@NullMarked
package dev.strixhalo.rccl.build;

import org.jspecify.annotations.NullMarked;
