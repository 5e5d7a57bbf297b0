import Foundation
import Testing

/// Drills that come to a bad end, and what they leave: nothing, or what the next one removes.
@Suite("Mishaps of drills", .lendsServer, .enabled(if: FaultServer.isPossible))
struct DrillMishapsTests {
    /// A drill that stays where it is for a while, with its server up: a check that waits.
    private func withSlowDrill(
        _ during: @escaping @Sendable (Sandbox, String, pid_t) async throws -> Void,
        _ after: @escaping @Sendable (Sandbox, String, PGKeepRun) async throws -> Void
    ) async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                let archive = try await sandbox.backup(server.url(name))
                let check = "\(sandbox.folder)/wait.sql"
                try "SELECT true FROM pg_sleep(3600)".write(toFile: check, atomically: false, encoding: .utf8)
                let run = try await sandbox.drill(
                    archive, environment: ["BACKUP_DRILL_CHECKS": check, "BACKUP_DRILL_CHECK_TIMEOUT": "2h"]
                ) { pid in
                    try await until("the check is not asked") { try await scratch(sandbox, "pg_sleep") }
                    try await during(sandbox, archive, pid)
                }
                try await after(sandbox, archive, run)
            }
        }
    }

    /// Whether a backend of a scratch server runs such a statement.
    private func scratch(_ sandbox: Sandbox, _ words: String) async throws -> Bool {
        guard let folder = try? FileManager.default.contentsOfDirectory(atPath: sandbox.drills).first else {
            return false
        }
        let count = try await shell(
            """
            psql -X -A -t -h \(sandbox.drills)/\(folder) -p 5432 -U postgres -d postgres \
                -c "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%\(words)%' AND pid <> pg_backend_pid()" \
                2>/dev/null || echo 0
            """)
        return Int(count) ?? 0 > 0
    }

    @Test("A killed drill's server ends by itself; its folder goes with the next drill")
    func killed() async throws {
        try await withSlowDrill { _, _, pid in
            kill(pid, SIGKILL)
        } _: { sandbox, archive, run in
            #expect(run.status == 137, "\(run)")
            try await until("the server goes on") {
                try await sandbox.drillResidue().allSatisfy { !$0.hasPrefix("/proc/") }
            }
            #expect(try await sandbox.drillResidue().count == 1)
            let next = try await sandbox.drill(archive)
            #expect(next.status == 0, "\(next)")
            try await sandbox.expectNoDrillResidue()
        }
    }

    @Test("A server whose drill was killed together with its shell is ended by the next drill")
    func orphaned() async throws {
        try await withSlowDrill { sandbox, _, pid in
            try await shell(
                """
                shells=$(for p in /proc/[0-9]*; do
                    case $(readlink $p/cwd)$(cat $p/comm 2>/dev/null) in \(sandbox.drills)/*sh) echo ${p#/proc/};; esac
                done); kill -9 \(pid) $shells; true
                """)
        } _: { sandbox, archive, run in
            #expect(run.status == 137, "\(run)")
            let next = try await sandbox.drill(archive)
            #expect(next.status == 0, "\(next)")
            try await sandbox.expectNoDrillResidue()
        }
    }

    @Test("A drill that is interrupted leaves nothing", arguments: [SIGINT, SIGTERM])
    func interrupted(signal: Int32) async throws {
        try await withSlowDrill { _, _, pid in
            kill(pid, signal)
        } _: { sandbox, archive, run in
            #expect(run.status == 128 + signal, "\(run)")
            try await sandbox.expectNoDrillResidue()
            #expect(!FileManager.default.fileExists(atPath: "\(archive).proof"))
        }
    }

    @Test("A server that dies half way is told as that, with its last words, and leaves nothing")
    func serverDies() async throws {
        try await withSlowDrill { sandbox, _, _ in
            let folder = try #require(try FileManager.default.contentsOfDirectory(atPath: sandbox.drills).first)
            try await shell("kill -9 $(head -n 1 \(sandbox.drills)/\(folder)/data/postmaster.pid)")
        } _: { sandbox, _, run in
            #expect(run.status == 7 && run.error.contains("the scratch server ended"), "\(run)")
            #expect(run.talk.contains("Not drilled"), "\(run)")
            try await sandbox.expectNoDrillResidue()
        }
    }

    @Test("Two drills of one app exclude each other; a backup meanwhile does not wait")
    func twoAtOnce() async throws {
        try await withSlowDrill { sandbox, archive, pid in
            let second = try await sandbox.drill(archive)
            #expect(second.status == 6 && second.error.contains("holds the lock of the drills of"), "\(second)")
            let name = try #require(URL(filePath: archive).lastPathComponent.split(separator: "_manual").first)
            let backup = try await sandbox.pgkeep("backup", url: FaultServer.lent.url(String(name)))
            #expect(backup.status == 0, "\(backup)")
            kill(pid, SIGTERM)
        } _: { sandbox, _, _ in
            try await sandbox.expectNoDrillResidue()
        }
    }

    @Test("Drills of two machines on one server exclude each other, and the roles that came go with the database")
    func twoMachines() async throws {
        let server = try FaultServer.lent
        let data = FaultServer.smallData + "; CREATE ROLE kp_drilled; ALTER TABLE public.things OWNER TO kp_drilled"
        try await server.withDatabase(data) { name in
            try await FaultServer.with { other in
                try await Sandbox.with { sandbox in
                    @Sendable func count(_ from: String) async throws -> String {
                        try await other.psql("SELECT count(*) FROM \(from)")
                    }
                    let databases = "pg_database WHERE datname LIKE 'pgkeep_drill%'"
                    let archive = try await sandbox.backup(server.url(name))
                    let wait = "\(sandbox.folder)/wait.sql"
                    try "SELECT true FROM pg_sleep(3600)".write(toFile: wait, atomically: false, encoding: .utf8)
                    @Sendable func waitingDrill(
                        _ during: @escaping @Sendable (pid_t) async throws -> Void
                    ) async throws -> PGKeepRun {
                        try await sandbox.drill(
                            archive, "--server", other.url("postgres"),
                            environment: ["BACKUP_DRILL_CHECKS": wait, "BACKUP_DRILL_CHECK_TIMEOUT": "2h"]
                        ) { pid in
                            try await until("the check is not asked") {
                                try await count("pg_stat_activity WHERE query = 'SELECT true FROM pg_sleep(3600)'")
                                    == "1"
                            }
                            try await during(pid)
                        }
                    }
                    let first = try await waitingDrill { pid in
                        let second = try await sandbox.drill(
                            archive, "--server", other.url("postgres"),
                            environment: ["BACKUP_STATE_DIR": "\(sandbox.folder)/other"])
                        #expect(second.status == 6 && second.error.contains("another drill is at work"), "\(second)")
                        #expect(try await count(databases) == "1")
                        kill(pid, SIGINT)
                    }
                    #expect(first.status == 130, "\(first)")
                    #expect(try await count(databases) == "0")
                    #expect(try await count("pg_roles WHERE rolname = 'kp_drilled'") == "0", "\(first)")
                    // One that is killed leaves its database, which the next one drops.
                    let killed = try await waitingDrill { kill($0, SIGKILL) }
                    #expect(killed.status == 137, "\(killed)")
                    #expect(try await count(databases) == "1")
                    try await until("the lock stays") {
                        try await count("pg_stat_activity WHERE application_name = 'pgkeep keeper'") == "0"
                    }
                    let next = try await sandbox.drill(archive, "--server", other.url("postgres"))
                    #expect(next.status == 0, "\(next)")
                    #expect(try await count(databases) == "0")
                }
            }
        }
    }

    @Test("A server that can't be made or does not start is told as that", arguments: ["initdb", "postgres"])
    func doesNotStart(program: String) async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                let archive = try await sandbox.backup(server.url(name))
                let tools = try await PrivatePostgres.make(in: sandbox.folder, from: server.tools)
                // What the one asks of the other still works.
                let refused = program == "initdb" ? "*\" -D \"*" : "*\" -k \"*"
                try await shell(
                    """
                    rm \(tools)/\(program); cat >\(tools)/\(program) <<'END'
                    #!/bin/sh
                    case " $* " in \(refused)) echo "no luck today" >&2; exit 1 ;; esac
                    exec \(server.tools)/\(program) "$@"
                    END
                    chmod 755 \(tools)/\(program)
                    """)
                let run = try await sandbox.drill(archive, environment: ["PGKEEP_PG_BINDIR": tools])
                #expect(run.status == 7 && run.error.contains("no luck today"), "\(run)")
                #expect(run.talk.contains("Not drilled"), "\(run)")
                try await sandbox.expectNoDrillResidue()
            }
        }
    }

    @Test(
        "A disk that has no room, or too little for all rows, is told as that, and nothing stays on it",
        .enabled("mounting needs root", { SmallDisk.isPossible }), arguments: [60, 100])
    func fullDisk(megabytes: Int) async throws {
        let server = try FaultServer.lent
        try await server.withDatabase(FaultServer.largeData) { name in
            try await Sandbox.with { sandbox in
                let archive = try await sandbox.backup(server.url(name))
                let run = try await sandbox.drill(
                    archive,
                    through: [
                        "/usr/bin/unshare", "-m", "/bin/bash", "-c",
                        """
                        mount -t tmpfs -o size=\(megabytes)m,mode=1777 tmpfs \(sandbox.drills) && "$@"
                        status=$?; ls \(sandbox.drills); exit $status
                        """, "bash",
                    ])
                #expect(run.status == 10 && run.talk.contains("BACKUP_DRILL_DIR"), "\(run)")
                #expect(!run.output.contains("pgkeep-scratch"), "\(run)")
                #expect(run.talk.contains("Not drilled"), "\(run)")
            }
        }
    }

    @Test(
        "Limits of room and time, a folder that can't be used, and a path too long for a socket end it with their remedies",
        arguments: [
            (["BACKUP_DRILL_MAX_SIZE": "1M"], 10, "BACKUP_DRILL_MAX_SIZE"),
            (["BACKUP_DRILL_TIMEOUT": "1s"], 1, "BACKUP_DRILL_TIMEOUT"),
            (["BACKUP_DRILL_DIR": "/nowhere"], 78, "BACKUP_DRILL_DIR"),
            (["BACKUP_DRILL_DIR": "/tmp/\(String(repeating: "a", count: 90))"], 78, "BACKUP_DRILL_DIR"),
            (["BACKUP_SIGNING_KEY_FILE": "/nowhere/key"], 11, "/nowhere/key"),
        ] as [([String: String], Int32, String)])
    func limits(environment: [String: String], status: Int32, words: String) async throws {
        let server = try FaultServer.lent
        try await server.withDatabase(FaultServer.largeData) { name in
            try await Sandbox.with { sandbox in
                let archive = try await sandbox.backup(server.url(name))
                let wait = "\(sandbox.folder)/wait.sql"
                try "SELECT true FROM pg_sleep(5)".write(toFile: wait, atomically: false, encoding: .utf8)
                let run = try await sandbox.drill(
                    archive, environment: environment.merging(["BACKUP_DRILL_CHECKS": wait]) { $1 })
                #expect(run.status == status && run.talk.contains(words), "\(run)")
                #expect(!FileManager.default.fileExists(atPath: "\(archive).proof"))
                try await sandbox.expectNoDrillResidue()
                let audit = try await sandbox.pgkeep("audit", "--json")
                #expect(audit.output.contains("\"verdict\" : \"notDrilled\""), "\(audit)")
            }
        }
    }

    @Test("Without root the scratch server runs as whoever holds the drill", .enabled(if: geteuid() == 0))
    func withoutRoot() async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                let archive = try await sandbox.backup(server.url(name))
                try await shell("chown -R 65534:65534 \(sandbox.folder)")
                let run = try await sandbox.drill(archive, "--json", through: Sandbox.asNobody)
                #expect(run.status == 0, "\(run)")
                #expect(try ToldProof(run.output).verdict == "proven")
                #expect(try await shell("stat -c %u '\(archive).proof'") == "65534")
                try await sandbox.expectNoDrillResidue()
            }
        }
    }
}
