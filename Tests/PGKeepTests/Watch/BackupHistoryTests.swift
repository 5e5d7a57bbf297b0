import Foundation
import PGKeepModel
import PGKeepVaults
import Testing

@testable import PGKeep

@Suite struct BackupHistoryTests {
    private func history(_ folder: WatchFolder) throws -> [BackupFigures] {
        let present = VaultDigest(try folder.vault.list())
        let app = try AppName("shop")
        let suspects = present.archives[app]?.filter(\.isSuspect).map(\.name.text) ?? []
        return try folder.journal.history(of: app, suspects: Set(suspects), present: present.names)
    }

    @Test("The last ten good backups of the app count, the newest first, whatever else the journal tells")
    func lastTen() async throws {
        try await WatchFolder.with { folder in
            for day in (1...12).reversed() {
                try folder.record(.daily, hoursAgo: Double(day) * 24, details: ["rows": .integer(Int64(day))])
                try folder.record(.daily, hoursAgo: Double(day) * 24, app: "shop2")
                try folder.recordFailure(.daily, hoursAgo: Double(day) * 24 - 1)
            }
            let history = try history(folder)
            #expect(history.map(\.rows) == Array(1...10))
            #expect(history.allSatisfy { !$0.isAccepted })
        }
    }

    @Test("A suspect backup doesn't count; once accepted, history starts from it")
    func accepted() async throws {
        try await WatchFolder.with { folder in
            for day in (3...6).reversed() { try folder.record(.daily, hoursAgo: Double(day) * 24) }
            let name = try folder.put(.daily, hoursAgo: 48)
            let catalogue = Catalogue(vault: folder.vault, app: try AppName("shop"))
            try catalogue.suspect(name, at: WatchFolder.now, reason: "3 rows")
            try folder.record(.daily, hoursAgo: 48, details: ["rows": 3, "suspect": true])
            #expect(try history(folder).map(\.rows) == [30, 30, 30, 30])
            #expect(try catalogue.accept(name))
            // Taken off by another keeper, or here.
            #expect(try history(folder).map(\.rows) == [3])
            try folder.journal.append(JournalEvent(.accept, archive: name), at: WatchFolder.now)
            try folder.vault.remove(name)
            try folder.record(.daily, hoursAgo: 24, details: ["rows": 4])
            let history = try history(folder)
            #expect(history.map(\.rows) == [4, 3] && history.map(\.isAccepted) == [false, true])
        }
    }

    @Test("One that was marked by hand doesn't count, and one that was removed never was accepted")
    func byHand() async throws {
        try await WatchFolder.with { folder in
            for day in (2...4).reversed() { try folder.record(.daily, hoursAgo: Double(day) * 24) }
            let name = try folder.put(.daily, hoursAgo: 48)
            try Catalogue(vault: folder.vault, app: nil).suspect(name, at: WatchFolder.now, reason: "a feeling")
            try folder.record(.daily, hoursAgo: 24, details: ["rows": 3, "suspect": true])
            #expect(try history(folder).map(\.rows) == [30, 30])
        }
    }

    @Test("A journal longer than any piece of it that is read gives every line, forwards and backwards")
    func longJournal() async throws {
        try await WatchFolder.with { folder in
            let long = String(repeating: "x", count: 700_000)
            for number in 0..<5 {
                try folder.journal.append(
                    JournalEvent(.pin, archive: "a\(number)", details: ["note": .string(long)]), at: WatchFolder.now)
            }
            let file = URL(filePath: folder.journal.path)
            try Data(try Data(contentsOf: file) + Data("{\"torn".utf8)).write(to: file)
            var backwards: [String] = []
            try folder.journal.backwards {
                backwards.append(Journal.text("archive", in: $0) ?? "?")
                return backwards.count < 4
            }
            #expect(backwards == ["a4", "a3", "a2", "a1"])
            var position = JournalPosition()
            var forwards: [String] = []
            func advance() throws {
                try position.advance(in: folder.journal, restart: { forwards = [] }) {
                    forwards.append(Journal.text("archive", in: $0) ?? "?")
                }
            }
            try advance()
            try advance()
            #expect(forwards == ["a0", "a1", "a2", "a3", "a4"])
            try folder.journal.append(JournalEvent(.pin, archive: "a5"), at: WatchFolder.now)
            try advance()
            #expect(forwards.last == "a5" && forwards.count == 6)
        }
    }

    @Test(
        "A line that is no flat object has no values",
        arguments: ["", "{", "[]", "{\"a\"}", "{\"a\":}", "{\"a\":1", "{\"a\":\"b}", "{\"a\":[1}", "{\"a\":1}x"])
    func noLine(text: String) { #expect(JournalFields(Array(text.utf8)[...]) == nil) }

    @Test("Values are found by their keys, whatever texts and lists hold")
    func fields() throws {
        let text = #"{"a":"x\"y","b":[1,["],}",2]],"c":-1.5,"d":true,"e":null,"f":["p\\","q\n"],"g":7}"#
        let fields = try #require(JournalFields(Array("--\(text)".utf8)[2...]))
        #expect(fields.text("a") == "x\"y" && fields.number("c") == -1.5 && fields.flag("d"))
        #expect(fields.texts("f") == ["p\\", "q\n"] && fields.integer("g") == 7)
        #expect(fields.text("c") == nil && fields.integer("z") == nil && fields.texts("b") == [])
    }
}
