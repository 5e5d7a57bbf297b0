import PGKeepModel

/// The majors of PostgreSQL that the tests back up from and restore to.
package enum SupportedMajors {
    package static let all = 14...18

    /// Throws for a server that is older than all of them: it lacks settings that every session of a backup is given,
    /// and scans no ranges of pages.
    package static func refuseOlder(_ major: Int, place: String) throws {
        guard major < all.lowerBound else { return }
        throw PGKeepError(
            .toolMissing, "the server at \(place) is PostgreSQL \(major); pgkeep supports \(all.lowerBound) and newer",
            hint: "pg_dump \"$DATABASE_URL\" | gzip >dump.sql.gz   (until the server is upgraded)")
    }

    /// What is to be said of a server that is newer than all of them; nil of any other.
    package static func warning(of major: Int) -> String? {
        guard major > all.upperBound else { return nil }
        return "PostgreSQL \(major) is newer than those that pgkeep was tested with (\(all.upperBound) and older)"
    }
}
