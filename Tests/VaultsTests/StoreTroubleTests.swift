import Foundation
import PGKeepModel
import PGKeepVaults
import TestStores
import Testing

/// What is wrong with a store is told for what it is, in seconds, with what to do.
@Suite(.enabled(if: StorePrograms.areHere, "the stores are not here: scripts/stores fetches them"))
struct StoreTroubleTests {
    private func vault(_ address: String, _ changes: [String: String?] = [:]) throws -> RcloneVault {
        var environment = StorePrograms.environment(try ObjectStore.running().environment)
        for (name, value) in changes { environment[name] = value }
        return try RcloneVault(VaultAddress(address), rclone: Rclone(environment: environment))
    }

    /// What is told, by listing, reading and writing alike.
    private func told(
        _ vault: RcloneVault, _ code: PGKeepError.Code, hint: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("pgkeep-\(UUID())").path
        defer { unlink(file) }
        #expect(FileManager.default.createFile(atPath: file, contents: Data("x".utf8)))
        let ways: [(String, () throws -> Void)] = [
            ("list", { _ = try vault.list() }), ("exists", { _ = try vault.exists("a") }),
            ("open", { _ = try vault.open("a") }), ("put", { try vault.put("a", [1]) }),
            ("versions", { _ = try vault.versions() }), ("remove", { try vault.remove("a") }),
            (
                "put a file",
                { try vault.put(file: file, as: "a", lock: nil, progress: { _ in }, check: {}) }
            ),
        ]
        for (way, action) in ways {
            let start = ContinuousClock.now
            let error = #expect(throws: PGKeepError.self, "\(way)", sourceLocation: sourceLocation) { try action() }
            let text = "\(way): \(error.map(String.init(describing:)) ?? "") \(error?.hint ?? "")"
            #expect(error?.code == code, "\(text)", sourceLocation: sourceLocation)
            #expect(error?.hint?.contains(hint) == true, "\(text)", sourceLocation: sourceLocation)
            #expect(start.duration(to: .now) < .seconds(30), "\(text)", sourceLocation: sourceLocation)
            #expect(!text.contains(ObjectStore.secret + " "), "\(text)", sourceLocation: sourceLocation)
        }
    }

    @Test("A bucket that isn't there")
    func noBucket() throws {
        told(try vault("s3://no-such-bucket/db"), .settings, hint: "aws s3api create-bucket --bucket no-such-bucket")
        #expect(try !ObjectStore.running().rclone(["lsd", ":s3:"]).contains("no-such-bucket"))
    }

    @Test("A wrong secret")
    func wrongSecret() throws {
        told(
            try vault("s3://no-such-bucket/db", ["AWS_SECRET_ACCESS_KEY": "wrong"]), .privileges,
            hint: "AWS_SECRET_ACCESS_KEY")
    }

    @Test("No credentials at all")
    func noCredentials() throws {
        told(
            try vault("s3://no-such-bucket/db", ["AWS_SECRET_ACCESS_KEY": nil, "AWS_ACCESS_KEY_ID": nil]), .privileges,
            hint: "export AWS_ACCESS_KEY_ID")
    }

    @Test("Nobody there")
    func unreachable() throws {
        told(
            try vault("s3://no-such-bucket/db", ["AWS_ENDPOINT_URL": "http://127.0.0.1:1"]), .unreachable,
            hint: "curl -sSI http://127.0.0.1:1")
    }

    @Test("A host whose key nobody has compared", .enabled(if: StorePrograms.hasShellServer, "sshd is not here"))
    func unknownHost() throws {
        let server = try ShellServer.running()
        var environment = StorePrograms.environment(server.environment)
        environment["RCLONE_SFTP_KNOWN_HOSTS_FILE"] = nil
        let vault = try RcloneVault(VaultAddress(server.address("x")), rclone: Rclone(environment: environment))
        let error = #expect(throws: PGKeepError.self) { try vault.list() }
        #expect(error?.code == .privileges, "\(String(describing: error))")
        #expect(error?.hint?.contains("ssh-keyscan -p \(server.port) 127.0.0.1") == true)
    }

    @Test("A remote that rclone doesn't know")
    func unknownRemote() throws {
        let error = #expect(throws: PGKeepError.self) { try vault("rclone:nowhere:x").list() }
        #expect(error?.code == .settings, "\(String(describing: error))")
        #expect(error?.hint?.contains("rclone config") == true)
    }
}
