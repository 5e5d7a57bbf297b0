import Foundation
import PGKeepModel
import PGKeepVaults
import Synchronization
import Testing

/// What every vault must do: each kind calls this with a way to make an empty one.
func vaultConformance(make: () throws -> any Vault) throws {
    let vault = try make()
    #expect(try vault.list().isEmpty)
    try pieces(vault)
    try smallFiles(vault)
    try wholeFiles(vault)
    try ranges(vault)
}

/// Some bytes that don't repeat soon.
private func sample(_ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8 &+ $0 >> 16) }
}

/// What is written piece by piece appears whole or not at all.
private func pieces(_ vault: any Vault) throws {
    let bytes = sample(100_000)

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
}

/// Small files are replaced whole; what was removed is gone.
private func smallFiles(_ vault: any Vault) throws {
    try vault.put("a.sql.gz.pin", Array("one, and longer".utf8))
    try vault.put("a.sql.gz.pin", Array("two".utf8))
    let mark = try vault.open("a.sql.gz.pin")
    #expect(try mark.read(Int(mark.byteCount), at: 0) == Array("two".utf8))
    // One of the same length too.
    try vault.put("a.sql.gz.pin", Array("six".utf8))
    #expect(try vault.open("a.sql.gz.pin").read(3, at: 0) == Array("six".utf8))

    try vault.remove("a.sql.gz")
    #expect(try vault.list().map(\.name) == ["a.sql.gz.pin"])
    let missing = #expect(throws: PGKeepError.self) { try vault.open("a.sql.gz") }
    #expect(missing?.code == .noSuchArchive)
    try vault.remove("a.sql.gz")
    try vault.remove("a.sql.gz.pin")
    #expect(try vault.list().isEmpty)
}

/// A file of this machine is copied whole or not at all, and never over another.
private func wholeFiles(_ vault: any Vault) throws {
    let bytes = sample(3_000_000)
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pgkeep-\(UUID())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }  // a leftover harms no other test
    let file = "\(folder)/a file"
    try Data(bytes).write(to: URL(fileURLWithPath: file))

    let name = "a%C3%BC%2Fb_daily_backup_2026-01-27T02-00-00.sql.gz"
    let told = Atomic<Int64>(0)
    try vault.put(file: file, as: name, lock: nil, progress: { told.add($0, ordering: .relaxed) }, check: {})
    #expect(told.load(ordering: .relaxed) == 3_000_000)
    #expect(try vault.list().map(\.name) == [name])
    let listed = try #require(try vault.list().first)
    #expect(listed.bytes == 3_000_000)
    #expect(abs(listed.modifiedAt.timeIntervalSinceNow) < 300)
    #expect(try vault.open(name).read(3_000_000, at: 0) == bytes)
    if let hash = try vault.storedHash(name) { #expect(hash.hex.count == 32) }
    #expect(try vault.lock(of: name) == nil)

    try Data("other".utf8).write(to: URL(fileURLWithPath: "\(folder)/other"))
    #expect(throws: PGKeepError.self) {
        try vault.put(file: "\(folder)/other", as: name, lock: nil, progress: { _ in }, check: {})
    }
    #expect(try vault.open(name).byteCount == 3_000_000)

    let stopped = #expect(throws: PGKeepError.self) {
        try vault.put(
            file: file, as: "b", lock: nil, progress: { _ in }, check: { throw PGKeepError(.interrupted, "stop") })
    }
    #expect(stopped?.code == .interrupted)
    #expect(try vault.list().map(\.name) == [name])
    #expect(throws: PGKeepError.self) {
        try vault.put(file: "\(folder)/none", as: "c", lock: nil, progress: { _ in }, check: {})
    }
    try vault.remove(name)
    #expect(try vault.list().isEmpty)
}

/// Ranges are what they are in the file, big or small, one after the other or here and there, by several threads.
private func ranges(_ vault: any Vault) throws {
    let bytes = sample(1_500_000)
    try vault.put("ranges", bytes)
    let source = try vault.open("ranges")
    for (start, step, count) in [(0, 7_001, 7_001), (0, 100_003, 17), (1_000_000, 70_000, 70_000), (999, 1, 3)] {
        for offset in stride(from: start, to: min(bytes.count - count, start + step * 60), by: step) {
            #expect(try source.read(count, at: Int64(offset)) == Array(bytes[offset..<offset + count]))
        }
    }
    let wrong = Mutex<[Int]>([])
    DispatchQueue.concurrentPerform(iterations: 24) { number in
        let offset = number * 61_007
        let count = number.isMultiple(of: 2) ? 90_000 : 900
        // What is thrown is as wrong as other bytes.
        let read = try? source.read(min(count, bytes.count - offset), at: Int64(offset))
        if read != Array(bytes[offset..<min(offset + count, bytes.count)]) { wrong.withLock { $0.append(number) } }
    }
    #expect(wrong.withLock(\.self) == [])
    try vault.remove("ranges")
}
