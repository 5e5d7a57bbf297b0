import PGKeepModel

extension PGKeepError {
    /// Whether it will befall the next archive as well: there is no use in going on.
    var isOfPlace: Bool {
        switch code {
        case .unreachable, .privileges, .noSpace, .toolMissing, .settings, .interrupted, .busy: true
        default: false
        }
    }
}

/// A lock that was asked for could not be had.
struct LockRefusal: Error {
    let error: PGKeepError

    /// Nil where no lock was asked for, or something else went wrong.
    init?(_ error: any Error, of locking: CopyLocking) {
        guard locking.lock != nil, let known = error as? PGKeepError,
            known.code == .settings || known.code == .toolMissing
        else { return nil }
        self.error = known
    }
}

extension Error {
    /// Itself, or in our words.
    var asPGKeepError: PGKeepError {
        if let known = self as? PGKeepError { return known }
        if let refusal = self as? LockRefusal { return refusal.error }
        if self is CancellationError { return PGKeepError(.interrupted, "interrupted") }
        return PGKeepError(.failed, "the work failed", cause: "\(self)")
    }
}
