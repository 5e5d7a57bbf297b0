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
        return !ofPlace.contains(error.code)
    }
}
