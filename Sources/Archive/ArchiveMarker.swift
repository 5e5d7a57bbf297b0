/// The first line of every archive. It tells a reader what the file is, and a copy without its end from a dump that
/// never had an index.
package enum ArchiveMarker {
    package static let line = Array("-- pgkeep archive 1: whole only with the index and the footer at its end\n\n".utf8)

    /// How this line begins, and those of the index and the footer.
    static let prefix = "-- pgkeep "
}
