import Foundation
import PGKeep
import PGKeepModel
import Testing

@Suite("The databases a server had")
struct KeptMemoryTests {
    private let now = Date(timeIntervalSince1970: 1_770_000_000)
    private let day: TimeInterval = 86_400

    @Test("One that is gone is told for a week, unless it comes back")
    func gone() {
        var memory = KeptMemory()
        memory.see(["shop", "crm", "stock"], now: now)
        #expect(memory.vanished.isEmpty)
        memory.see(["stock"], now: now + day)
        memory.see(["stock"], now: now + 2 * day)
        #expect(memory.vanished == ["shop": now + day, "crm": now + day] && memory.present == ["stock"])
        memory.see(["stock", "crm"], now: now + 3 * day)
        #expect(memory.vanished.keys.sorted() == ["shop"])
        #expect(memory.conditions.map(\.app) == ["shop"] && memory.conditions.map(\.since) == [now + day])
        memory.see(["stock", "crm"], now: now + 8 * day)
        #expect(memory.vanished.isEmpty)
    }

    @Test("It is there after a restart; a torn file is told")
    func file() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pgkeep-memory-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = KeptMemoryFile(directory: folder)
        #expect(try file.load() == KeptMemory())
        var memory = KeptMemory()
        memory.see(["shop", "crm"], now: now)
        memory.see(["crm"], now: now)
        try file.save(memory)
        #expect(try file.load() == memory)
        try Data("{".utf8).write(to: URL(filePath: "\(folder)/databases.json"))
        let error = #expect(throws: PGKeepError.self) { try file.load() }
        #expect(error?.code == .damaged && error?.hint?.hasPrefix("rm \(folder)/databases.json") == true)
    }
}
