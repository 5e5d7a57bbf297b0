import Foundation
import Synchronization

/// sshd with SFTP, on loopback, for the user who runs the tests.
package final class ShellServer: Sendable {
    package let port: Int
    private let process: StoreProcess
    private static let shared = Mutex<ShellServer?>(nil)

    /// The one that all tests of this process share.
    package static func running() throws -> ShellServer {
        try shared.withLock { shared in
            let server = try shared ?? ShellServer()
            shared = server
            return server
        }
    }

    private init() throws {
        let port = try LoopbackPort.free()
        self.port = port
        process = try StoreProcess("sshd") { folder in
            for key in ["host", "user"] {
                try StorePrograms.run(
                    "/usr/bin/ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", "\(folder)/\(key)"], environment: [:]
                )
            }
            let hostKey = try String(contentsOfFile: "\(folder)/host.pub", encoding: .utf8)
            try "[127.0.0.1]:\(port) \(hostKey)".write(
                toFile: "\(folder)/known_hosts", atomically: true, encoding: .utf8)
            try FileManager.default.createDirectory(atPath: "\(folder)/files", withIntermediateDirectories: true)
            // sshd wants a place to shut itself in.
            if geteuid() == 0 {
                try FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true)
            }
            try """
            Port \(port)
            ListenAddress 127.0.0.1
            HostKey \(folder)/host
            AuthorizedKeysFile \(folder)/user.pub
            PidFile none
            StrictModes no
            UsePAM no
            PermitRootLogin prohibit-password
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            Subsystem sftp internal-sftp
            MaxStartups 100
            MaxSessions 100
            """.write(toFile: "\(folder)/sshd_config", atomically: true, encoding: .utf8)
            return ["/usr/sbin/sshd", "-D", "-e", "-f", "\(folder)/sshd_config"]
        }
        try process.waitUntil("sshd") { LoopbackPort.isOpen(port) }
    }

    /// Where its files lie.
    package var folder: String { "\(process.folder)/files" }

    /// The address of a folder on it.
    package func address(_ name: String) -> String { "sftp://\(NSUserName())@127.0.0.1:\(port)\(folder)/\(name)" }

    /// What a user would set to reach it.
    package var environment: [String: String] {
        [
            "RCLONE_SFTP_KEY_FILE": "\(process.folder)/user",
            "RCLONE_SFTP_KNOWN_HOSTS_FILE": "\(process.folder)/known_hosts",
        ]
    }
}
