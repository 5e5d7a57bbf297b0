import Foundation
import Testing

@Suite("The demonstration", .enabled(if: FaultServer.isPossible))
struct DemoTests {
    @Test("It tells its steps to the proof that every row is back, and leaves nothing behind", .timeLimit(.minutes(20)))
    func demo() async throws {
        try await Sandbox.with { sandbox in
            let temporary = "\(sandbox.folder)/tmp"
            try await shell("chmod 755 \(sandbox.folder); install -d -m 1777 \(temporary)")
            let run = try await sandbox.pgkeep("demo", environment: ["TMPDIR": temporary])
            #expect(run.status == 0, "\(run)")
            #expect(run.output.isEmpty)
            let told = [
                "[Demo] 1. ", "[Backup] ✅ Daily backup completed successfully", "[Demo]   $ pgkeep list",
                "[Backup] ✅ Backup verified successfully", "[Demo]   invoices: not what it was",
                "[Demo]   payments: gone", "[Restore] ✅ Restore completed successfully",
                "[Demo]   ✅ payments: 400,000 rows", "[Demo] ✅ Every row is back",
            ]
            var rest = run.talk[...]
            for words in told {
                let found = try #require(rest.range(of: words), "no '\(words)' where it belongs in \(run)")
                rest = rest[found.upperBound...]
            }
            #expect(!run.talk.contains("❌") && !run.talk.contains("Warning"), "\(run)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: temporary).isEmpty)
            #expect(!FileManager.default.fileExists(atPath: sandbox.backups))
        }
    }
}
