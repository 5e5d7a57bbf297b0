import Foundation
package import PGKeepModel
import Subprocess
package import SystemPackage

/// One run of pg_dump, writing a plain dump into a pipe.
package struct DumpProcess: Sendable {
    /// Whose rows it writes.
    package enum Rows: Sendable {
        /// Those of all tables but these, whose rows come another way.
        case except([QualifiedName])
        /// Nobody's, and no sequence's value: what is defined, and large objects.
        case none
    }

    package var tool: Tool
    package var target: ConnectionString
    package var database: String
    package var serverMajor: Int
    /// nil: the dump takes one of its own.
    package var snapshot: Snapshot?
    package var encoding: String
    package var rows: Rows
    /// Whether a pooler stands between, which would refuse or drop settings given at the start.
    package var isPooled: Bool

    package init(
        tool: Tool, target: ConnectionString, database: String, serverMajor: Int, snapshot: Snapshot?,
        encoding: String, rows: Rows, isPooled: Bool
    ) {
        self.tool = tool
        self.target = target
        self.database = database
        self.serverMajor = serverMajor
        self.snapshot = snapshot
        self.encoding = encoding
        self.rows = rows
        self.isPooled = isPooled
    }

    /// Runs to the end and closes `output`; throws unless pg_dump ended well. Returns what it said on stderr.
    package func run(into output: FileDescriptor) async throws -> String {
        let settings = isPooled ? nil : Session.options(major: serverMajor)
        return try await ToolEnvironment.with(target, options: settings) { environment in
            var words = ["--format=plain", "--no-password", "--encoding=\(encoding)"]
            if let snapshot {
                words += [
                    "--snapshot=\(snapshot.identifier)",
                    "--lock-wait-timeout=\(snapshot.lockTimeout.components.seconds * 1000)",
                ]
            }
            var arguments = words.map { Array($0.utf8) }
            arguments.append(ServerText.encode("--dbname=dbname=\(ConnectionString.quoted(database))"))
            switch rows {
            case .except(let tables):
                arguments += tables.map { ServerText.encode("--exclude-table-data=\($0.quoted)") }
            case .none: arguments.append(Array("--exclude-table-data=*.*".utf8))
            }
            var options = PlatformOptions()
            options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(3))]
            let result = try await Subprocess.run(
                .path(FilePath(tool.path)),
                // Bytes are handed to execve as they are, so each ends with its zero.
                arguments: Arguments(executablePathOverride: nil, remainingValues: arguments.map { $0 + [0] }),
                environment: environment, platformOptions: options, input: .none,
                output: .fileDescriptor(output, closeAfterSpawningProcess: true),
                error: .string(limit: 1 << 20))
            let said = result.standardError.trimmed
            guard result.terminationStatus.isSuccess else { throw failure(result.terminationStatus, said) }
            return said
        }
    }

    private func failure(_ status: TerminationStatus, _ words: String) -> PGKeepError {
        // The server's words may be in any language; the statement that pg_dump repeats is not.
        if words.contains("LOCK TABLE") {
            return PGKeepError(.busy, "pg_dump could not lock a table in time", cause: words)
        }
        // libpq's own words, which LC_ALL=C keeps English.
        let lost = ["server closed the connection", "connection to server", "terminating connection"]
        if lost.contains(where: words.contains) {
            return PGKeepError(
                .unreachable, "pg_dump lost the server", cause: words, hint: ServerError.isItUp)
        }
        return PGKeepError(.failed, "pg_dump failed (\(status))", cause: words)
    }
}
