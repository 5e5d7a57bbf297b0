import PGKeepArchive
import PGKeepModel
import PGKeepPostgres
import Synchronization
import SystemPackage

/// Reads what a database defines, and its large objects, out of a run of pg_dump.
struct DefinitionsDump: Sendable {
    var tool: Tool
    var target: ConnectionString
    var cancellation: Cancellation

    /// The pg_dump that an archive was made with, if there is one of its major; else one that fits the server.
    static func tool(server major: Int, preferring folder: String?, wanted: Int?) async throws -> Tool {
        if let wanted, wanted > major {
            // An archive's own pg_dump may not be on this machine; the server's serves too.
            let found = try? await Tool.find("pg_dump", forServer: wanted, preferring: nil)
            if let found, found.version.major == wanted { return found }
        }
        return try await Tool.find("pg_dump", forServer: major, preferring: folder)
    }

    func read() async throws -> DumpDefinitions {
        let (encoding, major, resolved, isPooled) = try await BlockingWork.run("pgkeep definitions") {
            let connection = try Connection(target, purpose: "pgkeep drill", cancellation: cancellation)
            let isPooled = try Pooler.refuseTransactions(connection, cancellation)
            return (try Session.clientEncoding(connection), connection.major, connection.target, isPooled)
        }
        let dump = DumpProcess(
            tool: tool, target: resolved, database: target.databaseName ?? "", serverMajor: major, snapshot: nil,
            encoding: encoding, rows: .none, isPooled: isPooled)
        let pipe = try DumpPipe()
        let result = Mutex<DumpDefinitions?>(nil)
        var crew = Crew()
        crew.add { _ = try await dump.run(into: FileDescriptor(rawValue: pipe.writeEnd)) }
        crew.add {
            let found = try await BlockingWork.run("pgkeep definitions") {
                var scanner = DumpScanner(visitor: DumpDefinitions())
                try pipe.feed(&scanner)
                try scanner.finish()
                scanner.visitor.finish()
                return scanner.visitor
            }
            result.withLock { $0 = found }
        }
        try await crew.run { _ in cancellation.cancel() }
        guard let found = result.withLock({ $0 }) else {
            throw PGKeepError(.failed, "pg_dump's output could not be read")
        }
        return found
    }
}
