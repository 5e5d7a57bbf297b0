import CGNU

/// The C library's heaps, which keep what was freed for whoever asks next: a service that is at rest most of the time
/// gives it back.
package enum HeapMemory {
    /// One heap for each core would be one for each thread that ever met another one; to be called before there are any.
    package static func useFewHeaps() { mallopt(pgkeep_most_arenas, 2) }

    /// Gives back what is free.
    static func giveBack() { malloc_trim(0) }
}
