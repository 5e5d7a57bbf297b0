import Foundation
import PGKeepModel
import PGKeepVaults
import Testing

/// What every vault must do: each kind calls this with a way to make an empty one.
func vaultConformance(make: () throws -> any Vault) throws {
    let vault = try make()
    let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    #expect(try vault.list().isEmpty)

    // Nothing is visible until it is whole; pieces may come in any order.
    let upload = try vault.begin("a.sql.gz")
    try bytes[60_000...].withUnsafeBytes { try upload.write($0, at: 60_000) }
    try bytes[..<60_000].withUnsafeBytes { try upload.write($0, at: 0) }
    #expect(try vault.list().isEmpty)
    #expect(try !vault.exists("a.sql.gz"))
    try upload.publish()
    upload.discard()
    #expect(try vault.list().map(\.name) == ["a.sql.gz"])
    #expect(try vault.list().map(\.bytes) == [100_000])
    #expect(try vault.exists("a.sql.gz"))

    let source = try vault.open("a.sql.gz")
    #expect(source.byteCount == 100_000)
    #expect(try source.read(100_000, at: 0) == bytes)
    #expect(try source.read(10, at: 99_990) == Array(bytes[99_990...]))
    #expect(throws: PGKeepError.self) { try source.read(11, at: 99_990) }

    // What exists is never replaced.
    #expect(throws: PGKeepError.self) {
        let second = try vault.begin("a.sql.gz")
        try second.publish()
    }
    #expect(try vault.open("a.sql.gz").read(100_000, at: 0) == bytes)

    // What is discarded, or forgotten, leaves nothing.
    let dropped = try vault.begin("b.sql.gz")
    dropped.discard()
    #expect(throws: PGKeepError.self) { try dropped.publish() }
    _ = try vault.begin("c.sql.gz")
    #expect(try vault.list().map(\.name) == ["a.sql.gz"])
    #expect(try vault.removeDebris(where: { _ in true }).isEmpty)

    // Small files are replaced whole.
    try vault.put("a.sql.gz.pin", Array("one, and longer".utf8))
    try vault.put("a.sql.gz.pin", Array("two".utf8))
    let mark = try vault.open("a.sql.gz.pin")
    #expect(try mark.read(Int(mark.byteCount), at: 0) == Array("two".utf8))

    try vault.remove("a.sql.gz")
    #expect(try vault.list().map(\.name) == ["a.sql.gz.pin"])
    #expect(throws: PGKeepError.self) { try vault.open("a.sql.gz") }
}
