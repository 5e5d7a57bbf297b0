import Foundation
import Testing

/// DATABASE_URL takes what libpq takes: each way in serves our own sessions and pg_dump's alike.
@Suite("Ways to a database", .serialized, .enabled(if: FaultServer.isPossible))
struct ConnectionWaysTests {
    /// A server that wants a password of `app` over TCP, and encryption of `safe`.
    private func withServer(_ body: @escaping @Sendable (FaultServer, Sandbox) async throws -> Void) async throws {
        let settings = ["listen_addresses": "127.0.0.1,::1"]
        try await FaultServer.with(settings: settings) { server in
            try await server.psql(
                """
                CREATE ROLE app LOGIN SUPERUSER PASSWORD 'p@ss:w/rd?#%';
                CREATE ROLE safe LOGIN SUPERUSER;
                """)
            try await server.psql("CREATE DATABASE \"odd name\"")
            try await server.psql(FaultServer.largeData, in: "odd%20name")
            try await shell(
                """
                cd \(server.folder)/data
                openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 \
                    -keyout server.key -out server.crt 2>/dev/null
                chmod 600 server.key; chown --reference=base server.key server.crt
                cat > pg_hba.conf <<'END'
                host all app all scram-sha-256
                hostssl all safe all trust
                hostnossl all safe all reject
                local all all trust
                host all postgres all trust
                END
                echo "ssl = on" >> postgresql.conf
                """)
            try await server.restart()
            try await Sandbox.with { sandbox in try await body(server, sandbox) }
        }
    }

    @Test(
        "URI, pairs, IPv6, socket, encryption, password file, service file and a first host that is down: each makes a backup"
    )
    func ways() async throws {
        try await withServer { server, sandbox in
            let port = server.port
            let folder = server.folder
            let password = "p%40ss%3Aw%2Frd%3F%23%25"
            let encoded = folder.replacing("/", with: "%2F")
            let closed = try FaultServer.freePort()
            try await shell(
                """
                printf '*:*:odd name:app:p@ss\\\\:w/rd?#%%\\n' > \(sandbox.folder)/.pgpass
                chmod 600 \(sandbox.folder)/.pgpass
                cat > \(sandbox.folder)/.pg_service.conf <<'END'
                [shop]
                host=127.0.0.1
                port=\(port)
                dbname=odd name
                user=app
                [elsewhere]
                host=127.0.0.1
                port=\(closed)
                dbname=nothing
                user=nobody
                END
                """)
            var ways = [
                "postgresql://app:\(password)@127.0.0.1:\(port)/odd%20name",
                #"host=127.0.0.1 port=\#(port) dbname='odd name' user=app password='p@ss:w/rd?#%'"#,
                "postgresql://postgres@\(encoded):\(port)/odd%20name",
                "host=\(folder) port=\(port) user=postgres dbname='odd name'",
                "postgresql://app@127.0.0.1:\(port)/odd%20name",
                "service=shop",
                "postgresql:///?service=shop",
                "postgresql://",
                "postgresql://safe@127.0.0.1:\(port)/odd%20name?sslmode=verify-full&sslrootcert=\(folder)/data/server.crt",
                "postgresql://app@127.0.0.1:\(closed),127.0.0.1:\(port)/odd%20name",
                "postgresql://app@127.0.0.1:\(port)/odd%20name?options=-c%20role%3Dsafe",
            ]
            if ConnectionWaysTests.hasIPv6 {
                ways.append("postgres://app:\(password)@[::1]:\(port)/odd%20name?connect_timeout=5")
            }
            for way in ways {
                // A service in the environment holds for what isn't said, and for nothing else.
                let service = way == "postgresql://" ? "shop" : "elsewhere"
                let environment = ["PGSERVICEFILE": "\(sandbox.folder)/.pg_service.conf", "PGSERVICE": service]
                let archive = try await sandbox.backup(way, environment: environment)
                #expect(archive.contains("/odd%20name_manual_backup_"), "\(way)")
                let run = try await sandbox.pgkeep("verify", "latest", url: way, environment: environment)
                #expect(run.status == 0, "\(way): \(run)")
                try FileManager.default.removeItem(atPath: archive)
            }
        }
    }

    private static let hasIPv6 =
        (try? String(contentsOfFile: "/proc/net/if_inet6", encoding: .utf8))?.contains(
            "00000000000000000000000000000001 ")
        == true

    @Test("A server that wants encryption, or another certificate than it has, refuses with 7")
    func refusals() async throws {
        try await withServer { server, sandbox in
            let address = "postgresql://safe@127.0.0.1:\(server.port)/odd%20name"
            try await sandbox.refuses(7, "no encryption", hint: "pg_hba.conf", url: "\(address)?sslmode=disable")
            let other = "\(sandbox.folder)/other.crt"
            try await shell(
                "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=other -keyout /dev/null -out \(other) 2>/dev/null"
            )
            try await sandbox.refuses(
                7, "certificate verify failed", hint: "sslrootcert",
                url: "\(address)?sslmode=verify-full&sslrootcert=\(other)")
        }
    }
}
