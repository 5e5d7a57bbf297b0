import ArgumentParser
import Foundation
import PGKeepModel

/// How a run that threw ends: its words, and its status.
struct Failure {
    let error: PGKeepError
    let status: ExitStatus

    /// nil if there is nothing to say: the results were printed, and the status tells the rest.
    init?(_ thrown: any Error) {
        switch thrown {
        case is EndsWith: return nil
        case let interrupted as Interrupted:
            let name = interrupted.signal == SIGTERM ? "SIGTERM" : "Ctrl-C"
            error = interrupted.rest ?? PGKeepError(.interrupted, "interrupted by \(name)")
            status = interrupted.status
        case let known as PGKeepError:
            error = known
            status = ExitStatus(known.code)
        case is CancellationError:
            error = PGKeepError(.interrupted, "interrupted")
            status = .interrupted
        default:
            error = PGKeepError(.failed, "the work failed", cause: "\(thrown)")
            status = .failed
        }
    }

    /// `pgkeep: error: could not reach the server at db1:5432: connection refused`, then the hint.
    var text: String {
        let lines = error.description.split(separator: "\n").map { "pgkeep: error: \($0)" }
        let hints = (error.hint ?? "").split(separator: "\n").map { "pgkeep: hint: \($0)" }
        return (lines + hints).joined(separator: "\n")
    }

    /// What stands on standard output under `--json`.
    var json: JSONFailure {
        JSONFailure(
            error: .init(
                code: error.code.description, message: error.message, cause: error.cause, hint: error.hint,
                exitStatus: status.rawValue))
    }
}

/// A failure as data.
struct JSONFailure: Encodable {
    struct Details: Encodable {
        var code: String
        var message: String
        var cause: String?
        var hint: String?
        var exitStatus: Int32
    }

    var error: Details
}
