import Foundation
import PGKeepArchive
import PGKeepModel
import PGKeepPostgres

/// One restore: into a side database, checked there, then put in place by rename in one transaction.
///
/// Until that commit the database to be replaced is untouched, whatever fails; what was loaded so far is dropped. The
/// side database is known by its comment, so that a restore that was killed leaves nothing that the next one doesn't
/// recognise.
struct RestoreRun: Sendable {
    var source: RestorableDatabase
    /// What the database is to be, beside what is in it.
    var properties: DatabaseProperties
    var plan: RestorePlan
    var request: RestoreRequest
    var server: ConnectionString
    var jobs: Int
    var progress: Progress?
    var talk: Talk
    var now: Date
    var cancellation: Cancellation

    func run() async throws -> RestoreReport {
        // Of this run alone: what fails here is dropped by this name, and must not be another restore's.
        let side = SideDatabase.name(
            plan.database, "restoring_\(String(UInt16.random(in: .min ... .max), radix: 16))", now)
        let clock = ContinuousClock()
        let start = clock.now
        try await BlockingWork.run("pgkeep debris") { try removeDebris() }
        do {
            try await BlockingWork.run("pgkeep create") { try create(side) }
            var report = try await load(side, clock)
            let swap = try await clock.measure {
                report.warnings += try await BlockingWork.run("pgkeep swap") { try putInPlace(side) }
            }
            report.phaseSeconds["swap"] = swap.seconds
            report.durationSeconds = start.duration(to: clock.now).seconds
            return report
        } catch {
            await discard(side)
            throw explained(error)
        }
    }

    /// What a server refuses without a remedy, it most likely doesn't know.
    private func explained(_ error: any Error) -> any Error {
        guard var error = error as? PGKeepError, let state = error.sqlState, error.hint == nil else { return error }
        if let major = source.serverMajor, let serverMajor = Int(plan.serverVersion.prefix { $0.isNumber }),
            serverMajor < major
        {
            error.hint = "restore it on PostgreSQL \(major) or newer, where all that it holds is known"
        } else if ["42601", "42704", "0A000"].contains(state) {
            error.hint = "a newer PostgreSQL may have written this: restore it on a server of its version"
        }
        return error
    }

    private func maintenance(_ cancellation: Cancellation) throws -> Connection {
        try Databases.maintenance(server, avoiding: plan.database, cancellation: cancellation)
    }

    /// Removes what a killed restore left.
    private func removeDebris() throws {
        let connection = try maintenance(cancellation)
        for (name, note) in try SideDatabase.all(connection)
        where note.pgkeep == .restoring && note.database == plan.database {
            let literal = try connection.quote(literal: name)
            let users = try connection.query("SELECT FROM pg_catalog.pg_stat_activity WHERE datname = \(literal)")
            // With sessions in it, it may be another restore at work.
            if users.isEmpty { try Databases.drop(name, connection) }
        }
    }

    private func create(_ side: String) throws {
        let connection = try maintenance(cancellation)
        try Databases.create(side, like: properties, connection)
        try Databases.comment(
            try SideDatabase.text(.init(pgkeep: .restoring, database: plan.database, at: now, comment: nil)),
            on: side, connection)
    }

    private func load(_ side: String, _ clock: ContinuousClock) async throws -> RestoreReport {
        let target = server.database(side)
        let leftOut = LeftOut()
        var report = RestoreReport(
            plan: plan, durationSeconds: 0, phaseSeconds: [:], rows: source.rows, proven: false, warnings: [])
        switch source.contents {
        case .archive(let archive):
            let loading = Loading(
                archive: archive, target: target, jobs: jobs, leavingOut: leavingOut, leftOut: leftOut,
                progress: progress, cancellation: cancellation)
            progress?.begin("schema")
            report.phaseSeconds["schema"] = try await clock.measure { try await loading.loadSchema() }.seconds
            var loaded: [QualifiedName: Int64] = [:]
            report.phaseSeconds["rows"] = try await clock.measure { loaded = try await loading.loadRows() }.seconds
            try refuse(Comparison.rows(source.tables, loaded: loaded))
            report.phaseSeconds["finish"] = try await clock.measure { try await loading.finish() }.seconds
        case .dump(let dump, let section):
            let loading = DumpLoading(
                dump: dump, section: section, target: target, leavingOut: leavingOut, leftOut: leftOut,
                progress: progress, cancellation: cancellation)
            var loaded: [QualifiedName: Int64] = [:]
            report.phaseSeconds["load"] = try await clock.measure { loaded = try await loading.load() }.seconds
            try refuse(Comparison.rows(source.tables, loaded: loaded))
        }
        report.warnings += leftOut.all
        if request.prove {
            report.phaseSeconds["prove"] = try await clock.measure {
                try refuse(
                    try await Comparison.contents(
                        source.tables, of: target, jobs: jobs, progress: progress, cancellation))
            }.seconds
            report.proven = true
        }
        try await play(leftOut.postponed, in: target)
        if request.analyze {
            progress?.begin("analyze")
            report.phaseSeconds["analyze"] = try await clock.measure {
                report.warnings += try await BlockingWork.run("pgkeep analyze") {
                    let connection = try Connection(target, purpose: "pgkeep restore", cancellation: cancellation)
                    try connection.query("\(Session.withoutTimeouts); SET default_transaction_read_only = off")
                    return try Statistics.gather(connection)
                }
            }.seconds
        }
        return report
    }

    /// Plays what had to wait until nobody reads the rows any more.
    private func play(_ postponed: [DumpStatement], in target: ConnectionString) async throws {
        guard !postponed.isEmpty else { return }
        try await BlockingWork.run("pgkeep postponed") {
            let connection = try Connection(target, purpose: "pgkeep restore", cancellation: cancellation)
            try connection.query("\(Session.withoutTimeouts); SET default_transaction_read_only = off")
            for statement in postponed { try connection.execute(statement.sql) }
        }
    }

    private var leavingOut: LeavingOut {
        LeavingOut(owners: request.noOwner, privileges: request.noPrivileges, forbidden: !plan.asSuperuser)
    }

    private func refuse(_ differences: [String]) throws {
        guard !differences.isEmpty else { return }
        throw PGKeepError(
            .failed, "what was restored is not what was backed up; \(plan.database) was not touched",
            cause: differences.prefix(5).joined(separator: "; "), hint: "pgkeep verify \(plan.archive)")
    }

    /// Gives the side database its properties and its name; tells what the role could not put back.
    private func putInPlace(_ side: String) throws -> [String] {
        progress?.begin("swap")
        let connection = try maintenance(cancellation)
        var renames: [(from: String, to: String)] = []
        var comments: [(name: String, text: String)] = [(plan.database, properties.comment ?? "")]
        if let aside = plan.keptAside {
            renames.append((plan.database, aside))
            comments.append((aside, try SideDatabase.noteKeepingAside(plan.database, now, connection)))
        }
        renames.append((side, plan.database))
        // The comment must go on saying what the side database is until it is renamed.
        var withoutComment = properties
        withoutComment.comment = nil
        if request.noPrivileges { withoutComment.grants = nil }
        // Its owner may be another role, and only an owner may rename and comment.
        withoutComment.owner = try connection.currentRole()
        let left = try Databases.apply(withoutComment, to: side, connection)
        try Databases.rename(renames, commenting: comments, connection, cancellation)
        if request.noOwner { return left }
        return left + (try Databases.changeOwner(of: plan.database, to: properties.owner, connection))
    }

    /// Drops what was loaded so far, with a connection that cancelling did not cut.
    private func discard(_ side: String) async {
        do {
            try await BlockingWork.run("pgkeep discard") {
                let connection = try maintenance(Cancellation())
                try Databases.drop(side, connection)
            }
        } catch {
            talk(.warning(.restore, "\(side) could not be dropped (\(error)); the next restore will"))
        }
    }
}

extension Duration {
    /// Seconds and what lies below.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
