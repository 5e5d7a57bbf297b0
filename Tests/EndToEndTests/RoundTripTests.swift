import Foundation
import Testing

/// What went in comes out, by three ways: gunzip and psql, a new database, and in the place of the damaged one.
@Suite(.server, .serverLog, .serialized)
struct RoundTripTests {
    /// 500: nothing is large enough to be taken over from pg_dump. 100,000: a dozen tables are.
    @Test("A database of everything comes back", arguments: ["500", "100000"])
    func everything(big: String) async throws {
        try await TestDatabase.with(.fixture("everything", ["big": big])) { try await RoundTrip($0).all() }
    }

    @Test("A database of everything comes back through each compression", arguments: ["zstd:3", "false", "gzip:6"])
    func compressions(compression: String) async throws {
        try await TestDatabase.with(.fixture("everything", ["big": "20000"])) {
            try await RoundTrip($0, compression: compression).all()
        }
    }

    @Test(
        "Bytes beyond ASCII come back", arguments: [("latin1", TestDatabase.Encoding.latin1), ("sqlascii", .sqlASCII)])
    func encodings(fixture: String, encoding: TestDatabase.Encoding) async throws {
        for big in ["500", "100000"] {
            try await TestDatabase.with(.fixture(fixture, ["big": big]), encoding: encoding) {
                try await RoundTrip($0, encoding: encoding).all()
            }
        }
    }

    @Test("A database whose strings take backslashes as escapes comes back", arguments: ["true", "zstd:3"])
    func oldQuotes(compression: String) async throws {
        try await TestDatabase.with(.fixture("oldquotes")) { try await RoundTrip($0, compression: compression).all() }
    }

    @Test("A row of 40 MB comes back", arguments: ["true", "zstd:3", "false"])
    func hugeRow(compression: String) async throws {
        try await TestDatabase.with(.fixture("hugerow", ["megabytes": "40"])) {
            try await RoundTrip($0, compression: compression).all()
        }
    }

    @Test("A row of 200 MB comes back")
    func hugestRow() async throws {
        try await TestDatabase.with(.fixture("hugerow", ["megabytes": "200"])) { try await RoundTrip($0).all() }
    }

    @Test("Real data comes back", arguments: [["baseball"], ["zabbix"], ["tpch", "0.05"]])
    func realData(arguments: [String]) async throws {
        try await TestDatabase.with(.data(arguments)) { try await RoundTrip($0).all() }
    }
}
