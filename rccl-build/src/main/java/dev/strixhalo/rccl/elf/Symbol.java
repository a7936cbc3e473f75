package dev.strixhalo.rccl.elf;

import org.jspecify.annotations.Nullable;

/**
 * One entry of the dynamic symbol table (elf(5), {@code ElfN_Sym}; versions: LSB core, chapter 10.7).
 *
 * @param version        the version that it is bound to, null when it has none
 * @param defaultVersion whether a linker takes this version when none is asked for ({@code @@})
 * @param defined        whether this file defines it, or wants it from elsewhere
 */
public record Symbol(
        String name,
        @Nullable String version,
        boolean defaultVersion,
        Binding binding,
        Type type,
        Visibility visibility,
        boolean defined) {
    /** {@code ELF_ST_BIND}. */
    public enum Binding {
        LOCAL,
        GLOBAL,
        WEAK,
        UNIQUE,
        OTHER;

        static Binding of(int code) {
            return code < 3 ? values()[code] : code == 10 ? UNIQUE : OTHER;
        }
    }

    /** {@code ELF_ST_TYPE}. */
    public enum Type {
        NONE,
        OBJECT,
        FUNCTION,
        SECTION,
        FILE,
        COMMON,
        THREAD_LOCAL,
        INDIRECT_FUNCTION,
        OTHER;

        static Type of(int code) {
            return code < 7 ? values()[code] : code == 10 ? INDIRECT_FUNCTION : OTHER;
        }
    }

    /** {@code ELF_ST_VISIBILITY}. */
    public enum Visibility {
        DEFAULT,
        INTERNAL,
        HIDDEN,
        PROTECTED;

        static Visibility of(int code) {
            return values()[code & 3];
        }
    }

    /** Whether another library can be bound to it. */
    public boolean exported() {
        return defined
                && binding != Binding.LOCAL
                && (visibility == Visibility.DEFAULT || visibility == Visibility.PROTECTED);
    }

    /** Whether it has to come from another library; a weak one may stay away. */
    public boolean undefined() {
        return !defined && !name.isEmpty();
    }

    /**
     * The name with its version as nm(1) writes it: {@code memcpy@GLIBC_2.14}, {@code ncclSend@@V1}. The symbol that a linker
     * makes for a version itself has its name only.
     */
    public String versionedName() {
        return version == null || version.equals(name) ? name : name + (defaultVersion ? "@@" : "@") + version;
    }

    /** Takes symbols one by one; their order is not that of the table. */
    @FunctionalInterface
    public interface Visitor {
        void symbol(Symbol symbol);
    }
}
