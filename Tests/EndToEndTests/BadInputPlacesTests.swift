import Foundation
import Testing

@Suite("Bad input: the folder and the settings", .lendsServer, .enabled(if: FaultServer.isPossible))
struct BadInputPlacesTests {
    /// Makes a sandbox that every user may enter.
    private func open(_ sandbox: Sandbox) async throws {
        try await shell("chmod 755 \(sandbox.folder); mkdir -p \(sandbox.backups)")
    }

    @Test(
        "A folder that can't be written, entered or made ends with 9 and what to do",
        arguments: ["555", "000", "parent", "state"])
    func unwritable(mode: String) async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                try await open(sandbox)
                var environment: [String: String] = [:]
                switch mode {
                case "parent": environment["BACKUP_DIR"] = "\(sandbox.folder)/a/b"
                case "state":
                    environment["BACKUP_STATE_DIR"] = "/proc/1/pgkeep"
                    try await shell("chmod 777 \(sandbox.backups)")
                default: try await shell("chmod \(mode) \(sandbox.backups)")
                }
                let run = try await sandbox.pgkeep(
                    "backup", url: server.url(name), environment: environment, through: Sandbox.asNobody)
                #expect(run.status == 9, "\(run)")
                #expect(run.hint != nil, "\(run)")
                #expect(!run.talk.contains("Fatal"), "\(run)")
                try await shell("chmod 755 \(sandbox.backups)")
                #expect(try sandbox.archives().isEmpty)
            }
        }
    }

    @Test("A read-only file system ends with 9", .enabled(if: geteuid() == 0))
    func readOnly() async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                try await sandbox.backup(server.url(name))
                let run = try await sandbox.refuses(
                    9, "Read-only", hint: "", url: server.url(name),
                    through: [
                        "/usr/bin/unshare", "-m", "/bin/bash", "-c",
                        "mount --bind \(sandbox.backups) \(sandbox.backups) && mount -o remount,bind,ro \(sandbox.backups) && exec \"$@\"",
                        "bash",
                    ])
                #expect(run.status == 9)
            }
        }
    }

    @Test("A file where the folder should be is a wrong setting")
    func aFile() async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                _ = FileManager.default.createFile(atPath: "\(sandbox.folder)/file", contents: Data("mine".utf8))
                for path in ["file", "file/below"] {
                    let run = try await sandbox.pgkeep(
                        "backup", url: server.url(name), environment: ["BACKUP_DIR": "\(sandbox.folder)/\(path)"])
                    #expect([78, 9].contains(run.status), "\(run)")
                    #expect(run.hint != nil, "\(run)")
                }
                #expect(try String(contentsOfFile: "\(sandbox.folder)/file", encoding: .utf8) == "mine")
            }
        }
    }

    @Test(
        "A compression that doesn't exist is a wrong setting, told with what does",
        arguments: [
            "brotli", "gzip:0", "gzip:13", "zstd:20", "zstd:", "gzip:6:1", "6", "gzip:-1", "gzip:x",
        ])
    func compression(value: String) async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                try await sandbox.refuses(
                    78, "BACKUP_COMPRESSION", value, "gzip:12", hint: nil, url: server.url(name),
                    environment: ["BACKUP_COMPRESSION": value])
                let run = try await sandbox.pgkeep("backup", "--compression", value, url: server.url(name))
                #expect([64, 78].contains(run.status), "\(run)")
                #expect(try sandbox.archives().isEmpty)
            }
        }
    }

    @Test("All wrong settings are told at once")
    func several() async throws {
        try await Sandbox.with {
            try await $0.refuses(
                78, "BACKUP_COMPRESSION", "BACKUP_JOBS", "BACKUP_RETENTION_DAYS", hint: nil, url: "postgresql://h/d",
                environment: ["BACKUP_COMPRESSION": "lzma", "BACKUP_JOBS": "0", "BACKUP_RETENTION_DAYS": "many"])
        }
    }

    @Test(
        "No space half way ends with 10, and leaves the room as it was", .enabled(if: geteuid() == 0),
        arguments: ["bytes", "inodes"])
    func noSpace(of what: String) async throws {
        let server = try FaultServer.lent
        try await server.withDatabase(FaultServer.largeData) { name in
            try await Sandbox.with { sandbox in
                try await open(sandbox)
                try await shell("mount -t tmpfs -o size=3m,nr_inodes=40 tmpfs \(sandbox.backups)")
                do {
                    // Hardly compressible, so that it can't fit.
                    try await server.psql(
                        """
                        CREATE TABLE public.noise AS SELECT n, sha512(n::text::bytea) a, sha512((-n)::text::bytea) b
                        FROM generate_series(1, 60000) n
                        """, in: name)
                    try await server.psql("CREATE DATABASE \(name)_small")
                    try await server.psql(FaultServer.smallData, in: "\(name)_small")
                    let kept = try await sandbox.backup(
                        server.url("\(name)_small"), environment: ["BACKUP_APP_NAME": "app"])
                    if what == "inodes" {
                        try await shell(
                            "mount -o remount,size=200m \(sandbox.backups); cd \(sandbox.backups); "
                                + "i=0; while touch x$i 2>/dev/null; do i=$((i+1)); done")
                    }
                    let free = try await shell("df --output=avail \(sandbox.backups) | tail -1")
                    try await sandbox.refuses(
                        10, "No space left", hint: "df", url: server.url(name), environment: ["BACKUP_APP_NAME": "app"])
                    let after = try #require(Int(try await shell("df --output=avail \(sandbox.backups) | tail -1")))
                    #expect(try #require(Int(free)) - after <= 16, "room was lost")
                    let verified = try await sandbox.pgkeep("verify", kept, url: server.url(name))
                    #expect(verified.status == 0 || what == "inodes", "\(verified)")
                    let whole = try await sandbox.pgkeep("audit", "verify", url: server.url(name))
                    #expect(whole.status == 0, "\(whole)")
                    try await shell("umount \(sandbox.backups)")
                } catch {
                    try await shell("umount \(sandbox.backups)")
                    throw error
                }
            }
        }
    }
}
