import Foundation
import PGKeepModel
import Testing

@testable import PGKeep

@Suite struct ProofDocumentTests {
    private static let proof = Proof(
        archive: "shop_daily_backup_2026-01-27T02-00-00.sql.gz", sha256: String(repeating: "a", count: 64), bytes: 1234,
        app: "shop", tier: .daily, createdAt: Date(timeIntervalSince1970: 1_769_479_200),
        at: Date(timeIntervalSince1970: 1_769_479_999), by: "host", verdict: .proven, pgkeepVersion: "0.1.0",
        archiveServerVersion: "15.20", serverVersion: "15.20", scratch: true,
        tables: [.init(table: "public.\"Größe\"", rows: 2, hash: ContentHash(7))], rows: 2, rawBytes: 100, sequences: 1,
        largeObjects: 0, objects: ["index": 1], definitions: .text, checks: [], differences: [],
        phaseSeconds: ["rows": 0.1], rtoSeconds: 1.0 / 3, durationSeconds: 2.5, warnings: ["a, \"signature\":\"x\""])

    @Test("A signed proof is read again as it was, knows its signer, and says when it was made where marks do")
    func signed() throws {
        let key = SigningKey()
        let document = try ProofDocument(ProofDocumentTests.proof, signedBy: key)
        let read = ProofDocument(bytes: document.file)
        #expect(try read.proof() == ProofDocumentTests.proof)
        #expect(try read.signer() == key.publicKey)
        #expect(Journal.text("at", in: document.bytes.prefix(4096)) == "2026-01-27T02:13:19Z")
        let facts = try JSONDecoder().decode(MarkFacts.self, from: Data(document.file))
        #expect(facts.at == "2026-01-27T02:13:19Z" && facts.by == "host")
    }

    @Test("Any changed byte of a signed proof is found")
    func edited() throws {
        let document = try ProofDocument(ProofDocumentTests.proof, signedBy: SigningKey())
        for place in document.bytes.indices {
            var bytes = document.bytes
            bytes[place] ^= 1
            let edited = ProofDocument(bytes: bytes)
            // What can't be read any more is no proof either.
            let signer = try? edited.signer()
            let proof = try? edited.proof()
            #expect(signer.flatMap { $0 } == nil || proof == nil, "byte \(place)")
        }
    }

    @Test("An unsigned proof has no signer; a signature that was taken away is missed")
    func unsigned() throws {
        let plain = try ProofDocument(ProofDocumentTests.proof, signedBy: nil)
        #expect(try plain.signer() == nil)
        let signed = try ProofDocument(ProofDocumentTests.proof, signedBy: SigningKey())
        let text = String(decoding: signed.bytes, as: UTF8.self)
        let without = text.replacing(/,"signature":"[A-Za-z0-9+\/=]*"/, with: "")
        #expect(without != text)
        #expect(throws: PGKeepError.self) { try ProofDocument(bytes: Array(without.utf8)).signer() }
    }

    @Test("A key is read again from its text and its file, and never shows itself")
    func keys() throws {
        let key = SigningKey()
        #expect(try SigningPublicKey(key.publicKey.description) == key.publicKey)
        #expect(key.publicKey.description.hasPrefix("pgkeep-signing1"))
        #expect("\(key)" == "<redacted>")
        let path = FileManager.default.temporaryDirectory.appending(path: "pgkeep-\(UUID().uuidString).key").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try key.file(madeAt: .now).write(toFile: path, atomically: true, encoding: .utf8)
        var warnings: [String] = []
        #expect(try SigningKey(file: path) { warnings.append($0) }.publicKey == key.publicKey)
        for text in ["", "nonsense", key.publicKey.description, "PGKEEP-PRIVATE-KEY-1QQ"] {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            #expect { try SigningKey(file: path) { _ in } } throws: { ($0 as? PGKeepError)?.code == .key }
        }
        for text in ["", "pgkeep1qqq", key.publicKey.description + "q"] {
            #expect(throws: PGKeepError.self) { try SigningPublicKey(text) }
        }
    }
}
