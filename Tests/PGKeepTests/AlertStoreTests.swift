import Foundation
import PGKeepModel
import Synchronization
import Testing

@testable import PGKeep

@Suite struct AlertStoreTests {
    private let now = Date(timeIntervalSince1970: 1_769_479_200)

    private func inFolder(_ body: (_ folder: String, _ store: AlertStore, _ warnings: Words) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pgkeep-alerts-\(UUID().uuidString)").path
        let warnings = Words()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder, AlertStore(directory: folder) { warnings.add($0) }, warnings)
    }

    private func open(_ store: AlertStore, _ app: String = "shop", after seconds: Double = 0) -> [AlertNotice] {
        let condition = Condition(.diskLow, app: app, message: "low", since: now)
        return store.update { state in
            let (notices, book) = state.book.settle([condition], now: now + seconds, repeat: .seconds(86_400))
            state.book = book
            return notices
        }
    }

    @Test("What was told is known to the next process, in a file that nobody else can read")
    func persists() throws {
        try inFolder { folder, store, warnings in
            #expect(open(store).count == 1)
            let next = AlertStore(directory: folder) { warnings.add($0) }
            #expect(open(next, after: 60).isEmpty)
            let facts = try FileManager.default.attributesOfItem(atPath: next.path)
            #expect(facts[.posixPermissions] as? Int == 0o600)
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            #expect(names == [".alerts.lock", "alerts.json"])
            #expect(warnings.all.isEmpty)
        }
    }

    @Test("A file is written only when something changed")
    func unchanged() throws {
        try inFolder { _, store, _ in
            _ = open(store)
            let before = try FileManager.default.attributesOfItem(atPath: store.path)[.systemFileNumber] as? Int
            _ = open(store, after: 60)
            let after = try FileManager.default.attributesOfItem(atPath: store.path)[.systemFileNumber] as? Int
            #expect(before == after && before != nil)
        }
    }

    @Test(
        "A book that is torn, empty, of another version or not a book is told, kept aside, and replaced",
        arguments: [
            "", "{\"version\":1,\"book\"", "nonsense", "[]", "{\"version\":2,\"book\":{\"alerts\":[]},\"queues\":[]}",
        ])
    func unreadable(text: String) throws {
        try inFolder { folder, store, warnings in
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(filePath: store.path))
            #expect(open(store).count == 1)
            #expect(warnings.all.count == 1 && warnings.all.first?.contains("can't be read") == true, "\(warnings.all)")
            #expect(try String(contentsOfFile: "\(store.path).unreadable", encoding: .utf8) == text)
            #expect(open(store, after: 60).isEmpty)
        }
    }

    @Test("A book that a crash left half-written beside the whole one is no harm")
    func partial() throws {
        try inFolder { _, store, warnings in
            _ = open(store)
            try Data("{\"vers".utf8).write(to: URL(filePath: "\(store.path).partial"))
            #expect(open(store, after: 60).isEmpty && warnings.all.isEmpty)
            #expect(open(store, "crm", after: 120).count == 2)
            #expect(open(store, "crm", after: 180).isEmpty)
        }
    }

    @Test("Many tasks at once tell a condition once")
    func concurrent() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pgkeep-alerts-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let told = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<20 { group.addTask { open(AlertStore(directory: folder) { _ in }).count } }
            return await group.reduce(0, +)
        }
        #expect(told == 1)
    }
}

/// What was said.
private final class Words: Sendable {
    private let words = Mutex<[String]>([])

    var all: [String] { words.withLock { $0 } }

    func add(_ text: String) { words.withLock { $0.append(text) } }
}

@Suite struct AlertQueueTests {
    private let now = Date(timeIntervalSince1970: 1_769_479_200)
    private let limits = AlertLimits(whole: .seconds(30))

    private func notice(_ message: String) -> AlertQueue.Content {
        .notice(AlertNotice(.opened, alert: message, kind: "diskLow", message: message, since: now, at: now))
    }

    @Test("Pauses double from half a minute to an hour, and never grow beyond")
    func pauses() {
        let pauses = [1, 2, 3, 7, 8, 9, 1000].map { limits.pause(after: $0).components.seconds }
        #expect(pauses == [30, 60, 120, 1920, 3600, 3600, 3600])
    }

    @Test("A channel is tried by one at a time, again after a pause, and by another once a crash let its lease run out")
    func lease() throws {
        let channel = try AlertChannel("https://a.example/x")
        var state = AlertState()
        state.add(notice("one"), for: [channel], at: now)
        let work = state.takeDue([channel], now, limits)
        #expect(work.map(\.items.count) == [1])
        state.add(notice("two"), for: [channel], at: now)
        #expect(state.takeDue([channel], now + 1, limits).isEmpty)
        var crashed = state
        #expect(crashed.takeDue([channel], now + limits.lease.seconds, limits).map(\.items.count) == [2])
        state.note(
            AlertWork.Result(channel: channel, delivered: [], error: PGKeepError(.failed, "no")), now + 2, limits)
        #expect(state.nextAttempt([channel], now + 2) == now + 32)
        #expect(state.takeDue([channel], now + 31, limits).isEmpty)
        let again = try #require(state.takeDue([channel], now + 32, limits).first)
        state.note(AlertWork.Result(channel: channel, delivered: Set(again.items.map(\.id))), now + 33, limits)
        #expect(state.nextAttempt([channel], now + 33) == nil)
    }

    @Test("A clock that jumps back by years keeps no channel waiting")
    func jump() throws {
        let channel = try AlertChannel("https://a.example/x")
        var state = AlertState()
        state.add(notice("one"), for: [channel], at: now)
        _ = state.takeDue([channel], now, limits)
        state.note(AlertWork.Result(channel: channel, delivered: [], error: PGKeepError(.failed, "no")), now, limits)
        #expect(state.takeDue([channel], now - 86_400 * 365, limits).count == 1)
    }

    @Test("What is too old is dropped and told, also for a channel that is not set, which until then keeps nobody busy")
    func dropped() throws {
        let (kept, gone) = (try AlertChannel("https://a.example/x"), try AlertChannel("https://b.example/x"))
        var state = AlertState()
        state.add(notice("one"), for: [kept, gone], at: now)
        state.add(notice("two"), for: [kept], at: now + 3600)
        #expect(state.dropOld([kept], now + 3600, limits).isEmpty)
        #expect(state.nextAttempt([], now) == nil && state.takeDue([], now, limits).isEmpty)
        let dropped = state.dropOld([kept], now + 3 * 86_400 + 1, limits)
        #expect(dropped.map(\.channel) == [kept.name, nil])
        #expect(state.queues.map { $0.items.count } == [1])
        #expect(state.dropOld([kept], now + 3 * 86_400 + 1, limits).isEmpty)
    }
}
