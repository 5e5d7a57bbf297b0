import Foundation
import Testing

/// The page on sealed backups, typed as it stands.
@Suite("The guide of sealing", .lendsServer, .enabled(if: FaultServer.isPossible))
struct SealingGuideTests {
    @Test("A key is made, a backup sealed and read again")
    func page() async throws {
        let page = try GuidePage("70-sealing.md")
        let blocks = try ["Make a key", "Seal what is backed up", "Read what was sealed"].flatMap {
            try page.blocks($0)
        }
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                let reader = GuideReader(
                    sandbox: sandbox,
                    environment: ["DATABASE_URL": server.url(name), "BACKUP_DIR": sandbox.backups],
                    places: [("/media/usb/keys", "\(sandbox.folder)/keys"), ("shop_again", "\(name)_again")])
                try await reader.follow(blocks)
                let fingerprint = try await server.fingerprint(name)
                #expect(try await server.fingerprint("\(name)_again") == fingerprint)
                #expect(try sandbox.archives().keys.allSatisfy { $0.hasSuffix(".sql.gz.enc") })
            }
        }
    }
}
