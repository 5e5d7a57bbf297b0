import PGKeepModel

/// The right to drill one app's backups on this machine: a drill takes long, and the app's backups go on meanwhile, so
/// it has a lock of its own.
enum DrillLock {
    /// A file whose name tells no app is drilled without.
    static func with<Result>(
        directory: String, archive: String, _ body: () async throws -> Result
    ) async throws -> Result {
        guard let app = ArchiveName(archive)?.app else { return try await body() }
        let lock = try RunLock(directory: directory, file: file(of: app), of: "the drills of \(app)", doing: "drill")
        defer { withExtendedLifetime(lock) {} }
        return try await body()
    }

    /// No app's name has a tilde.
    static func file(of app: AppName) -> String { "\(app.text)~drill.lock" }
}
