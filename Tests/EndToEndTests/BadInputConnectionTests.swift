import Foundation
import Testing

@Suite("Bad input: what reaches the server", .lendsServer, .enabled(if: FaultServer.isPossible))
struct BadInputConnectionTests {
    @Test(
        "A malformed DATABASE_URL is refused as a setting, without its password",
        arguments: [
            "postgres//app:s3cret@host/db", "postgresql://app:s3cret@host:54x2/db", "host=a password='s3cret port=1",
            "postgresql://app:s3%zzcret@h/db", "postgresql://app:s3cret@host/db?sslmood=require", "s3cret", "",
        ])
    func malformed(url: String) async throws {
        try await Sandbox.with { sandbox in
            let run = try await sandbox.refuses(78, "DATABASE_URL", hint: "postgresql://", url: url)
            #expect(!"\(run)".contains("s3cret") || url == "s3cret", "\(run)")
            if FileManager.default.fileExists(atPath: sandbox.backups) {
                let journal = try await shell("cat \(sandbox.backups)/.pgkeep/* 2>/dev/null || true")
                #expect(!journal.contains("s3cret"))
            }
        }
    }

    @Test("A missing DATABASE_URL is refused as a setting")
    func missing() async throws {
        try await Sandbox.with { try await $0.refuses(78, "DATABASE_URL is not set", hint: "export DATABASE_URL=") }
    }

    @Test("A URL that names no database is refused as a setting")
    func nameless() async throws {
        let server = try FaultServer.lent
        try await Sandbox.with {
            try await $0.refuses(
                78, "names no database", hint: "export", url: "postgresql://postgres@127.0.0.1:\(server.port)")
        }
    }

    @Test("A service that no file tells of is refused as a setting, named")
    func noSuchService() async throws {
        try await Sandbox.with {
            try await $0.refuses(78, "definition of service \"nowhere\" not found", hint: "", url: "service=nowhere")
        }
    }

    @Test("A refused connection ends with 7 and the place", arguments: ["backup", "restore"])
    func refused(command: String) async throws {
        let server = try FaultServer.lent
        let port = try FaultServer.freePort()
        try await Sandbox.with { sandbox in
            try await server.withDatabase { name in
                let archive = try await sandbox.backup(server.url(name))
                try await sandbox.refuses(
                    7, "127.0.0.1:\(port)", "refused", hint: "pg_isready", url: server.url(name, port: port),
                    arguments: command == "backup" ? ["backup"] : ["restore", archive, "--yes"])
            }
        }
    }

    @Test("A host that doesn't exist ends with 7")
    func unknownHost() async throws {
        try await Sandbox.with {
            try await $0.refuses(7, "nowhere.invalid", hint: "pg_isready", url: "postgresql://a@nowhere.invalid/db")
        }
    }

    @Test("A wrong password ends with 7, and is told nowhere")
    func wrongPassword() async throws {
        // Its own server: pg_hba.conf is changed.
        try await FaultServer.with { server in
            try await server.psql("CREATE ROLE app LOGIN SUPERUSER PASSWORD 'r1ght:w@rd'")
            let rules = "host all app 127.0.0.1/32 scram-sha-256\\nhost all all 127.0.0.1/32 trust"
            try await shell("printf '\(rules)\\n' > \(server.folder)/data/pg_hba.conf")
            try await server.psql("SELECT pg_reload_conf()")
            try await server.withDatabase { name in
                try await Sandbox.with { sandbox in
                    let wrong = server.url(name, user: "app", password: "wr0ngword")
                    let run = try await sandbox.refuses(7, "password authentication failed", hint: "%40", url: wrong)
                    #expect(!"\(run)".contains("wr0ngword"))
                    let none = server.url(name, user: "app")
                    try await sandbox.refuses(7, "password", hint: "DATABASE_URL", url: none)
                    // And with the right one, written as it must be, all is well.
                    let right = server.url(name, user: "app", password: "r1ght%3Aw%40rd")
                    try await sandbox.backup(right)
                    let said = try await shell("cat \(sandbox.backups)/.pgkeep/* | grep -c -e r1ght -e wr0ng || true")
                    #expect(said == "0", "a password stands in the journal")
                }
            }
        }
    }

    @Test("Passwords stand in no child's argument list or environment, nor in output or journal")
    func passwordsStaySecret() async throws {
        let server = try FaultServer.lent
        try await server.withDatabase(FaultServer.largeData) { name in
            try await Sandbox.with { sandbox in
                let gate = try GatedDump(in: sandbox, server: server)
                let secret = "t0psecret"
                let run = try await sandbox.pgkeep(
                    "backup", url: server.url(name, password: secret), environment: gate.environment
                ) { pid in
                    try await gate.reached()
                    let children = try await shell("pgrep -P \(pid) && pgrep -P $(pgrep -P \(pid) | head -1)")
                    #expect(children.split(separator: "\n").count >= 2)
                    for child in children.split(separator: "\n") {
                        for file in ["cmdline", "environ"] {
                            // /proc files have no size to read by.
                            let text = try await shell(
                                "tr '\\0' '\\n' < /proc/\(child)/\(file) | grep -v ^DATABASE_URL= || true")
                            #expect(!text.contains(secret), "/proc/\(child)/\(file): \(text)")
                        }
                        let inherited = try await shell(
                            "tr '\\0' '\\n' < /proc/\(child)/environ | grep -c ^DATABASE_URL= || true")
                        #expect(inherited == "0", "the child inherits DATABASE_URL with its password")
                    }
                    gate.open()
                }
                #expect(run.status == 0, "\(run)")
                #expect(!"\(run)".contains(secret))
                let said = try await shell("grep -rc \(secret) \(sandbox.backups) | grep -v ':0$' || true")
                #expect(said.isEmpty, "\(said)")
            }
        }
    }

    @Test("A database that does not exist ends with 7 and how to list what is there")
    func noSuchDatabase() async throws {
        let server = try FaultServer.lent
        try await Sandbox.with {
            try await $0.refuses(7, "\"nothing_here\" does not exist", hint: "psql", url: server.url("nothing_here"))
        }
    }
}
