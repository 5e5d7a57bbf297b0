import Foundation
import PGKeepModel
import PGKeepVaults
import Testing

struct DirectoryVaultTests {
    private func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pgkeep-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try body(folder)
    }

    @Test("A folder is a vault")
    func conformance() throws {
        try withFolder { folder in try vaultConformance { try DirectoryVault(folder) } }
    }

    @Test("The folder is made for its owner alone, and so are the files")
    func modes() throws {
        try withFolder { folder in
            let vault = try DirectoryVault(folder)
            let upload = try vault.begin("x")
            try upload.publish()
            func mode(_ path: String) throws -> Int? {
                try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            }
            #expect(try mode(folder) == 0o700)
            #expect(try mode("\(folder)/x") == 0o600)
        }
    }

    @Test("Debris of matching names is removed, and nothing else")
    func debris() throws {
        try withFolder { folder in
            let vault = try DirectoryVault(folder)
            for name in [".mine.partial", ".other.partial", "kept", ".hidden"] {
                try Data("x".utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
            }
            #expect(try vault.removeDebris(where: { $0 == "mine" }) == ["mine"])
            let left = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            #expect(left == [".hidden", ".other.partial", "kept"])
            #expect(try vault.list().map(\.name) == ["kept"])
        }
    }

    @Test("What is being written just now is no debris")
    func written() throws {
        try withFolder { folder in
            let vault = try DirectoryVault(folder)
            let upload = try vault.begin("mine")
            #expect(try vault.removeDebris(where: { $0 == "mine" }).isEmpty)
            try upload.publish()
            #expect(try vault.exists("mine"))
        }
    }

    @Test("A full disk is told as such, and what didn't fit leaves nothing", .enabled(if: geteuid() == 0))
    func full() throws {
        try withFolder { folder in
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            guard mount("tmpfs", folder, "tmpfs", 0, "size=1m") == 0 else { return }
            defer { umount(folder) }
            let vault = try DirectoryVault(folder)
            let error = #expect(throws: PGKeepError.self) {
                let upload = try vault.begin("big")
                try [UInt8](repeating: 7, count: 2 << 20).withUnsafeBytes { try upload.write($0, at: 0) }
                try upload.publish()
            }
            #expect(error?.code == .noSpace)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        }
    }
}

@Suite struct VaultStampTests {
    @Test("A folder's stamp changes when a file comes or goes, and with nothing else")
    func stamp() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pgkeep-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let vault = try DirectoryVault(folder)
        /// The stamp after the folder rested for long.
        func rested() throws -> VaultStamp? {
            let past = Date(timeIntervalSince1970: 1_700_000_000)
            try FileManager.default.setAttributes([.modificationDate: past], ofItemAtPath: folder)
            return try vault.stamp()
        }
        let before = try rested()
        _ = try vault.list()
        #expect(try vault.stamp() == before && before != nil)
        try vault.put("a", [1])
        #expect(try vault.stamp() != before)
        let with = try rested()
        try vault.remove("a")
        #expect(try vault.stamp() != with)
    }
}
