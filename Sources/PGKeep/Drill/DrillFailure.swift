import PGKeepModel

/// Whether a drill that threw says something against its archive.
enum DrillFailure {
    private static let ofPlace: Set<PGKeepError.Code> = [
        .noSuchArchive, .busy, .locked, .unreachable, .toolMissing, .privileges, .noSpace, .key, .usage, .settings,
        .interrupted, .limit,
    ]

    /// False where the machine, the server or a person kept the drill from being held.
    static func isOfArchive(_ error: any Error) -> Bool {
        guard let error = error as? PGKeepError else { return !(error is CancellationError) }
        // Out of resources, an operator's hand, a system's error: of the server, whatever it was at.
        if let state = error.sqlState, ["08", "53", "57", "58"].contains(String(state.prefix(2))) { return false }
        return !ofPlace.contains(error.code)
    }
}
