import Foundation
import Testing

/// A restore needs room for a second database: what happens where the server has none.
@Suite("Faults: the server's disk fills up during a restore", .enabled(if: FaultServer.isPossible))
struct RestoreFullDiskTests {
    /// Lends a database with an archive that is older than its last row, on a server with a small disk.
    private func withArchive(
        _ part: String, megabytes: Int, _ preparation: String,
        _ body: @escaping @Sendable (FaultServer, SmallDisk, Sandbox, _ archive: String) async throws -> Void
    ) async throws {
        try await FaultServer.with { server in
            try await server.withSmallDisk(for: part, megabytes: megabytes) { disk in
                try await server.psql(preparation)
                try await server.psql("CREATE DATABASE shop")
                try await server.psql(FaultServer.largeData, in: "shop")
                try await Sandbox.with { sandbox in
                    let archive = try await sandbox.backup(server.url("shop"))
                    try await server.psql("INSERT INTO public.things VALUES (100000, 'later')", in: "shop")
                    try await body(server, disk, sandbox, archive)
                }
            }
        }
    }

    @Test(
        "No space for the rows ends with 10 and where to make room; the old database stays, the new one goes",
        .enabled("mounting needs root", { SmallDisk.isPossible }),
        arguments: [["restore", "--yes"], ["restore", "--into", "shop_copy", "--yes"]])
    func tables(arguments: [String]) async throws {
        try await withArchive("base", megabytes: 160, "SELECT 1") { server, disk, sandbox, archive in
            let before = try await server.fingerprint("shop")
            // A new database's files have holes, and a DROP DATABASE needs a checkpoint, which fills them.
            try await server.psql("CHECKPOINT")
            // Enough for an empty database, and for some of the rows.
            try await disk.fill(leaving: 25)
            let run = try await sandbox.refuses(
                10, "disk of the server at 127.0.0.1:\(server.port) is full", hint: "make room",
                url: server.url("shop"),
                arguments: arguments + [archive])
            // What the server says depends on where in a page the room ended.
            #expect(run.error.contains("No space left on device") || run.error.contains("wrote only"), "\(run)")
            #expect(try await server.beside("shop").isEmpty, "\(run)")
            #expect(try await server.fingerprint("shop") == before)
            // There is room again as soon as the restore has ended: no session holds on to what was dropped.
            try await server.psql("CREATE TABLE public.more AS SELECT n FROM generate_series(1, 300000) n", in: "shop")
            try await disk.makeRoom()
            let next = try await sandbox.pgkeep("restore", archive, "--yes", url: server.url("shop"))
            #expect(next.status == 0, "\(next)")
        }
    }

    /// PostgreSQL stops when it can't write its log; what it had is there when it is started again.
    @Test(
        "No space for the log, at which the server stops: the old database is whole after a restart, and the next restore removes the debris",
        .enabled("mounting needs root", { SmallDisk.isPossible }))
    func log() async throws {
        // The log is kept for a standby that never comes, so that it grows.
        let standby = "SELECT pg_create_physical_replication_slot('never', true)"
        try await withArchive("pg_wal", megabytes: 320, standby) { server, disk, sandbox, archive in
            let before = try await server.fingerprint("shop")
            try await disk.fill(leaving: 20)
            let run = try await sandbox.pgkeep("restore", archive, "--yes", url: server.url("shop"))
            #expect([7, 10].contains(run.status), "\(run)")
            #expect(run.hint != nil, "\(run)")
            try await disk.makeRoom()
            try await server.restart()
            #expect(try await server.fingerprint("shop") == before)
            let next = try await sandbox.pgkeep("restore", archive, "--yes", url: server.url("shop"))
            #expect(next.status == 0, "\(next)")
            let aside = try await server.beside("shop")
            #expect(aside.count == 1 && aside[0].hasPrefix("shop_before_"), "\(aside)")
            #expect(try await server.fingerprint(aside[0]) == before)
        }
    }
}
