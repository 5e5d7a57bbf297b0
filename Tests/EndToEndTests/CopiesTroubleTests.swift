import Foundation
import PGKeepModel
import TestStores
import Testing

/// What can go wrong on the way to a bucket: no backup fails for it, it is told, and made up for when it is over.
@Suite("Trouble with copies", .server, .serverLog, .stores)
struct CopiesTroubleTests {
    @Test(
        "A store that refuses, hangs, breaks off, is full or says no: status 3 and the reason, then the copy",
        arguments: [
            StoreProxy.Way.refusing, .hanging, .cutting(after: 200), .answering(status: 403, code: "AccessDenied"),
            .answering(status: 403, code: "RequestTimeTooSkewed"), .answering(status: 507, code: "InsufficientStorage"),
        ])
    func trouble(way: StoreProxy.Way) async throws {
        try await TestDatabase.with(.sql("CREATE TABLE public.t AS SELECT generate_series(1, 1000) AS n")) { database in
            let bucket = try Bucket()
            let proxy = try StoreProxy(to: bucket.store.port)
            defer { proxy.end() }
            let program = Program(
                database,
                environment: bucket.copying(through: proxy, ["RCLONE_TIMEOUT": "2s", "RCLONE_CONTIMEOUT": "2s"]))
            proxy.become(way)
            let clock = ContinuousClock()
            let start = clock.now
            let backup = try await program.attempt("backup", "daily")
            #expect(backup.status == 3, "\(backup)")
            #expect(backup.talk.contains("✅ Daily backup completed successfully"), "\(backup)")
            #expect(backup.talk.contains("copies in \(bucket.address) are not up to date"), "\(backup)")
            #expect(start.duration(to: clock.now) < .seconds(120), "\(way)")
            let status = try await program.attempt("status")
            #expect(status.status == 3 && status.output.contains("copies to \(bucket.address) fail: "), "\(status)")
            #expect(try bucket.archives().isEmpty)
            // What was seen is told without asking; nobody has looked.
            #expect(try await program.run("list").contains("1, 1 missing"))
            proxy.become(.open)
            try await program.run("sync")
            #expect(try bucket.archives().count == 1)
            #expect(try await program.attempt("status").status == 0)
        }
    }

    @Test("A slow store is waited for")
    func slow() async throws {
        try await TestDatabase.with(.sql("CREATE TABLE public.t AS SELECT generate_series(1, 1000) AS n")) { database in
            let bucket = try Bucket()
            let proxy = try StoreProxy(to: bucket.store.port)
            defer { proxy.end() }
            proxy.become(.slow(5000))
            try await Program(database, environment: bucket.copying(through: proxy)).run("backup", "daily")
            #expect(try bucket.archives().count == 1)
        }
    }
}
