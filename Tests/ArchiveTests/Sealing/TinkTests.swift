import Crypto
import Foundation
import PGKeepModel
import Testing

@testable import PGKeepArchive

/// Google's Tink opens what we seal, and we open what it seals: neither knows the other.
@Suite(.pythonTools) struct TinkTests {
    private static let script = "Tests/ArchiveTests/Fixtures/tink-seal.py"
    static let lengths = [
        0, 5, firstSegment, firstSegment + 1, firstSegment + laterSegment, firstSegment + laterSegment + 99,
    ]

    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = NSTemporaryDirectory() + "pgkeep-tink-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    @Test("Tink opens what pgkeep sealed", arguments: lengths)
    func opens(length: Int) throws {
        try inFolder { folder in
            let (first, key) = (try PrivateKey(), try PrivateKey())
            let text = noise(length)
            let file = try sealed(text, for: [first.recipient, key.recipient]).file
            try Data(file.bytes).write(to: URL(filePath: "\(folder)/archive"))
            let run = try PythonTools.run(
                TinkTests.script,
                [
                    "open", "\(folder)/archive", key.key.rawRepresentation.hexadecimal,
                    key.recipient.bytes.hexadecimal,
                ])
            #expect(run.status == 0)
            #expect(run.output == text)
        }
    }

    @Test("pgkeep opens what Tink sealed", arguments: lengths)
    func isOpened(length: Int) throws {
        try inFolder { folder in
            let keys = try (1...2).map { _ in try PrivateKey() }
            let text = noise(length)
            let run = try PythonTools.run(
                TinkTests.script, ["seal", "\(folder)/archive"] + keys.map { $0.recipient.bytes.hexadecimal },
                input: text)
            #expect(run.status == 0)
            let bytes = [UInt8](try Data(contentsOf: URL(filePath: "\(folder)/archive")))
            for key in keys {
                #expect(try SealedSource(MemoryFile(bytes), keys: [key]).read(length, at: 0) == text)
            }
        }
    }
}
