import Foundation
import PGKeep
import PGKeepModel
import Testing

/// The library as a server uses it: one tier alone, and what its documentation says.
@Suite("Embedding")
struct EmbeddingTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    private static let catalogue = root.appending(path: "Sources/PGKeep/PGKeep.docc")

    private static func text(_ url: URL) throws -> String { try String(contentsOf: url, encoding: .utf8) }

    /// All of the library's code, comments left out.
    private static func code() throws -> String {
        let files = try #require(
            FileManager.default.enumerator(at: root.appending(path: "Sources/PGKeep"), includingPropertiesForKeys: nil))
        return try files.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }.map(text)
            .joined(separator: "\n").split(separator: "\n")
            .filter { !$0.drop(while: { $0 == " " }).hasPrefix("//") }.joined(separator: "\n")
    }

    @Test("Scheduling one tier switches the others off, for each database of a list too", arguments: Schedules.tiers)
    func oneTier(tier: Tier) throws {
        var settings = Settings(databaseURL: nil)
        settings.databases = .listed([Settings(databaseURL: Secret("postgresql://db1/shop"))])
        let one = settings.scheduling(only: tier)
        #expect(one.schedules.scheduledTiers == [tier])
        #expect(one.schedules[tier] == Schedules.standard[tier])
        guard case .listed(let entries) = one.databases else {
            Issue.record("the list is gone")
            return
        }
        #expect(entries.map(\.schedules.scheduledTiers) == [[tier]])
    }

    @Test("A tier that is switched off stays so")
    func off() {
        var settings = Settings(databaseURL: nil)
        settings.schedules.weekly = nil
        #expect(settings.scheduling(only: .weekly).schedules.scheduledTiers.isEmpty)
    }

    @Test("Every symbol that the catalogue names is public", arguments: ["PGKeep.md", "EmbeddingPGKeep.md"])
    func symbols(page: String) throws {
        let code = try EmbeddingTests.code()
        let names = try EmbeddingTests.text(EmbeddingTests.catalogue.appending(path: page)).matches(of: /``([^`\s]+)``/)
            .map { String($0.output.1) }.filter { $0 != "PGKeep" }
        #expect(names.count >= 4)
        for name in names {
            let last = name.split(separator: "/").last.map(String.init) ?? name
            #expect(try EmbeddingTests.declares(code, last), "\(name) is not there")
        }
    }

    /// Whether there is a public type of the name, or a public function with these labels and no others.
    private static func declares(_ code: String, _ name: String) throws -> Bool {
        guard let parenthesis = name.firstIndex(of: "(") else {
            let type = try Regex("public (final )?(struct|class|enum|protocol) \(name)\\b")
            return code.firstMatch(of: type) != nil
        }
        let labels = name[parenthesis...].dropFirst().dropLast().split(separator: ":")
        let parameters = labels.map { "\\s*\($0)\\b( \\w+)?: [^:]*" }.joined()
        let function = try Regex("public (static )?func \(name[..<parenthesis])\\(\(parameters)\\s*\\) (async )?throws")
        return code.firstMatch(of: function) != nil
    }

    @Test("What the article shows stands in the example")
    func article() throws {
        let example = try EmbeddingTests.text(
            EmbeddingTests.root.appending(path: "Examples/HummingbirdServer/Sources/Server.swift")
        ).split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        let article = try EmbeddingTests.text(EmbeddingTests.catalogue.appending(path: "EmbeddingPGKeep.md"))
        let blocks = article.matches(of: /```swift\n((?s).*?)```/).map(\.output.1)
        #expect(blocks.count == 4)
        for line in blocks.flatMap({ $0.split(separator: "\n") }) {
            #expect(example.contains(line.trimmingCharacters(in: .whitespaces)), "\(line)")
        }
    }
}
