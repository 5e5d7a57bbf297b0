import Foundation
import PGKeepArchive
import PGKeepModel
import PGKeepPostgres
import Synchronization
import SystemPackage

/// Copies everything a snapshot shows into an archive: rows over several sessions, the rest out of one pg_dump run.
///
/// pg_dump's output is held at its first post-data entry until the rows are written; rows are held, a bounded lot of
/// them, until its schema is written. Either side failing ends the other.
struct BackupRun: Sendable {
    var plan: BackupPlan
    /// What all sessions read, pg_dump's too.
    var snapshot: Snapshot
    var dump: DumpProcess
    var jobs: Int
    var writer: ArchiveWriter
    var progress: Progress?
    var cancellation: Cancellation
    /// Finds out more about pg_dump's failure, before the other sessions are cut.
    var explain: @Sendable (any Error) async -> any Error

    /// Runs to the end; gives pg_dump's preamble and what it said on stderr.
    func run() async throws -> (preamble: String, said: String) {
        let rowsDone = Gate()
        let result = Mutex((preamble: String?.none, said: ""))
        let pipe = try DumpPipe()
        var crew = Crew()
        crew.add {
            do {
                let said = try await dump.run(into: FileDescriptor(rawValue: pipe.writeEnd))
                result.withLock { $0.said = said }
            } catch {
                throw await explain(error)
            }
        }
        crew.add {
            let preamble = try await BlockingWork.run("pgkeep dump") { try readDump(pipe, rowsDone) }
            result.withLock { $0.preamble = preamble }
        }
        let queue = PartQueue(plan.parts)
        let copiers = min(jobs, plan.parts.count)
        let left = Mutex(copiers)
        if copiers == 0 { rowsDone.open() }
        for number in 0..<copiers {
            crew.add {
                try await BlockingWork.run("pgkeep copy \(number + 1)") { try copyRows(from: queue) }
                let isLast = left.withLock { left in
                    left -= 1
                    return left == 0
                }
                if isLast { rowsDone.open() }
            }
        }
        try await withTaskCancellationHandler {
            try await crew.run { error in
                cancellation.cancel()
                rowsDone.fail(error)
                writer.fail(error)
            }
        } onCancel: {
            let error = PGKeepError(.interrupted, "interrupted")
            cancellation.cancel()
            rowsDone.fail(error)
            writer.fail(error)
        }
        let (preamble, said) = result.withLock { $0 }
        guard let preamble else { throw PGKeepError(.failed, "pg_dump's output ends early", cause: said) }
        return (preamble, said)
    }

    private func copyRows(from queue: PartQueue) throws {
        let connection = try Connection(dump.target, purpose: "pgkeep backup", cancellation: cancellation)
        try Session.prepare(connection)
        try snapshot.join(on: connection, reading: plan.takenOver.map(\.name))
        let copier = try RowCopier(connection, writer, progress: progress)
        while let part = queue.next() { try copier.copy(part) }
        try connection.query("COMMIT")
    }

    /// Gives the preamble; nil if the output ends early, of which pg_dump itself then tells the reason.
    private func readDump(_ pipe: DumpPipe, _ rowsDone: Gate) throws -> String? {
        let cutter = DumpCutter(
            plan: DumpCutter.Plan(takenOver: Set(plan.takenOver.map(\.name)), partitioned: plan.partitioned),
            writer: writer, encoder: try UnitEncoder(writer.compression),
            schemaDone: { try writer.completeSchema() }, finishBegins: { try rowsDone.wait() },
            progress: { progress?.add(bytes: $0.bytes, rows: $0.rows) })
        var scanner = DumpScanner(visitor: cutter)
        try pipe.feed(&scanner)
        guard scanner.visitor.isComplete else { return nil }
        try scanner.finish()
        try scanner.visitor.finish()
        return ServerText.decode(scanner.visitor.preamble)
    }
}

/// The parts that are still to be copied.
private final class PartQueue: Sendable {
    private let parts: Mutex<ArraySlice<BackupPlan.Part>>

    init(_ parts: [BackupPlan.Part]) { self.parts = Mutex(parts[...]) }

    func next() -> BackupPlan.Part? { parts.withLock { $0.popFirst() } }
}
