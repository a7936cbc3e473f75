/**
 * What is compiled: a {@link dev.strixhalo.rccl.source.Source} (git, tarball, folder) brought into a cache that is keyed by what
 * it is, {@link dev.strixhalo.rccl.source.Patches} applied to a clean copy, and a look at the result before minutes are spent on
 * it. Knows {@code base}, git and the JDK's HTTP client. Start reading at {@link dev.strixhalo.rccl.source.Source}.
 */
@NullMarked
package dev.strixhalo.rccl.source;

import org.jspecify.annotations.NullMarked;
