import Foundation
import Testing

/// What is shipped beside the program.
@Suite("Packaging")
struct PackagingTests {
    private static let unit = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("packaging/systemd/pgkeep.service").path

    @Test("The unit for systemd is sound, and leaves an intruder little")
    func unit() async throws {
        try await Sandbox.with { sandbox in
            // The program is not installed here.
            let unit = "\(sandbox.folder)/pgkeep.service"
            try await shell("sed 's,/usr/local/bin/pgkeep,\(Sandbox.program),' \(PackagingTests.unit) > \(unit)")
            #expect(try await shell("systemd-analyze verify \(unit) 2>&1") == "")
            // From 0 (safe) to 100.
            try await shell("systemd-analyze security --offline=true --threshold=15 \(unit) 2>&1")
        }
    }
}
