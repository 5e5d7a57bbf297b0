import PGKeep
import PGKeepModel

/// What came of one database's backup, where several have their turns.
package struct BackupTurn: Sendable {
    let app: AppName
    private let result: Result<BackupReport, PGKeepError>

    /// A failure is a result like any other: the next database has its turn all the same.
    static func take(_ app: AppName, _ backup: () async throws -> BackupReport) async -> BackupTurn {
        do {
            return BackupTurn(app: app, result: .success(try await backup()))
        } catch {
            let failure = error as? PGKeepError ?? PGKeepError(.failed, "the work failed", cause: "\(error)")
            return BackupTurn(app: app, result: .failure(failure))
        }
    }

    /// The archive's; nil if it failed.
    var path: String? {
        guard case .success(let report) = result else { return nil }
        return report.backup.path
    }

    var needsAttention: Bool {
        guard case .success(let report) = result else { return true }
        return report.needsAttention
    }

    /// Why it failed, and the remedy.
    var words: String? {
        guard case .failure(var error) = result else { return nil }
        error.message = "\(app): \(error.message)"
        return Failure(error)?.text
    }
}

extension BackupReport {
    /// Taken, and yet somebody has to look.
    var needsAttention: Bool {
        backup.suspect || cleanup.needsAttention || copies?.needsAttention == true
    }
}

extension BackupTurn: Encodable {
    private enum CodingKeys: String, CodingKey { case app }

    /// The report, or the failure with the app's name.
    package func encode(to encoder: any Encoder) throws {
        switch result {
        case .success(let report): try report.encode(to: encoder)
        case .failure(let error):
            try Failure(error)?.json.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(app, forKey: .app)
        }
    }
}
