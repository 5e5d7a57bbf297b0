package import PGKeepModel

/// What the program's exit status says; scripts rely on the numbers.
package enum ExitStatus: Int32, Sendable, CaseIterable {
    case done = 0
    case failed = 1
    /// Done, with something that needs attention: a copy failed, a suspect backup.
    case attention = 3
    case damaged = 4
    case noSuchArchive = 5
    case busy = 6
    case unreachable = 7
    case toolMissing = 8
    case privileges = 9
    case noSpace = 10
    case key = 11
    /// `EX_USAGE` of sysexits.
    case usage = 64
    /// `EX_CONFIG` of sysexits.
    case settings = 78
    case interrupted = 130
    case terminated = 143

    package init(_ code: PGKeepError.Code) {
        switch code {
        case .damaged: self = .damaged
        case .noSuchArchive: self = .noSuchArchive
        case .busy, .locked: self = .busy
        case .unreachable: self = .unreachable
        case .toolMissing: self = .toolMissing
        case .privileges: self = .privileges
        case .noSpace: self = .noSpace
        case .key: self = .key
        case .usage: self = .usage
        case .settings: self = .settings
        case .interrupted: self = .interrupted
        default: self = .failed
        }
    }
}

/// Thrown by a command that printed its results and yet must not end with status 0.
struct EndsWith: Error {
    let status: ExitStatus

    init(_ status: ExitStatus) { self.status = status }
}
