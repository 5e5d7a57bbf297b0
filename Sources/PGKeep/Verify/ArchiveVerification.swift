import PGKeepArchive
import PGKeepModel
import PGKeepPostgres
import Synchronization

/// Reads an archive whole, on several threads, and compares everything with its index.
///
/// Each unit's stored bytes with their SHA-256, its text's length and checksum, its rows; over all units each table's
/// rows and content hash; and what must close a dump: its last line and both tokens.
struct ArchiveVerification: Sendable {
    private struct Findings {
        var next = 0
        var problems: [String] = []
        var tallies: [QualifiedName: RowTally] = [:]
        var tokens: [String] = []
        var isComplete = false
    }

    let archive: ArchiveReader
    let jobs: Int
    let progress: Progress?

    /// Gives every problem found; an empty list is a valid archive.
    func run() async throws -> [String] {
        let findings = Mutex(Findings())
        progress?.begin("verifying", totalBytes: archive.footer.indexOffset)
        try await BlockingWork.cancellable { cancellation in
            var crew = Crew()
            for number in 0..<min(jobs, max(1, archive.index.units.count)) {
                crew.add {
                    try await BlockingWork.run("pgkeep verify \(number + 1)") {
                        try inspectUnits(findings, cancellation)
                    }
                }
            }
            try await crew.run { _ in cancellation.cancel() }
        }
        return findings.withLock { $0.problems + conclude($0) }
    }

    private func inspectUnits(_ findings: borrowing Mutex<Findings>, _ cancellation: Cancellation) throws {
        let decoder = UnitDecoder(archive.compression)
        while let unit = findings.withLock({ findings -> UnitEntry? in
            guard findings.next < archive.index.units.count else { return nil }
            defer { findings.next += 1 }
            return archive.index.units[findings.next]
        }) {
            try cancellation.check()
            do {
                var scanner = DumpScanner(visitor: UnitInspector())
                try archive.read(unit, with: decoder) { try scanner.feed($0) }
                try scanner.finish()
                let seen = scanner.visitor
                let rows = seen.tallies.values.reduce(0) { $0 + $1.rows }
                findings.withLock { findings in
                    for (name, tally) in seen.tallies { findings.tallies[name, default: RowTally()] += tally }
                    findings.tokens += seen.tokens
                    findings.isComplete = findings.isComplete || seen.isComplete
                    if rows != unit.rows {
                        findings.problems.append(
                            "the unit at byte \(unit.offset) holds \(rows) rows where the index tells of \(unit.rows)")
                    }
                }
                progress?.add(bytes: unit.length, rows: rows)
            } catch let error as PGKeepError where error.code == .damaged {
                findings.withLock { $0.problems.append(error.description) }
            }
        }
    }

    private func conclude(_ findings: Findings) -> [String] {
        guard findings.problems.isEmpty else { return [] }
        var problems: [String] = []
        for table in archive.index.tables {
            guard let name = QualifiedName(sql: table.table) else {
                problems.append("\(table.table) in the index is no table's name")
                continue
            }
            let found = findings.tallies[name] ?? RowTally()
            if found.rows != table.rows {
                problems.append("\(table.table): \(found.rows) rows, the index tells of \(table.rows)")
            } else if found.hash != table.hash {
                problems.append("\(table.table): content hash \(found.hash), the index tells of \(table.hash)")
            }
        }
        if !findings.isComplete { problems.append("the closing line of pg_dump is missing") }
        if !(findings.tokens.isEmpty || findings.tokens.count == 2 && findings.tokens[0] == findings.tokens[1]) {
            problems.append("pg_dump's \\restrict and \\unrestrict tokens don't match")
        }
        return problems
    }
}
