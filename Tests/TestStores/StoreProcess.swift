import Foundation

/// A server that a test starts, in a folder of its own; it ends with the test's process whatever ends that.
///
/// A shell waits on a pipe that only this process holds: when it closes, the server is killed and its folder removed.
final class StoreProcess: @unchecked Sendable {
    let folder: String
    private let process = Process()
    // Unchecked: nothing here changes once it is made, but for its end.
    private let hold: FileHandle

    private static let script = """
        folder=$1; shift
        "$@" </dev/null >>"$folder/log" 2>&1 &
        server=$!
        read -r word
        kill -9 "$server"
        wait "$server"
        [ "$word" = keep ] || rm -rf "$folder"
        """

    init(
        _ name: String, in folder: String? = nil, environment: [String: String] = [:],
        _ command: (String) throws -> [String]
    ) throws {
        self.folder = try folder ?? StoreProcess.makeFolder(name)
        let pipe = Pipe()
        hold = pipe.fileHandleForWriting
        // Whoever else this process starts must not hold it too.
        _ = fcntl(hold.fileDescriptor, F_SETFD, FD_CLOEXEC)
        // Not sh: its wait is woken by SIGCHLD, which the thread that starts it may have blocked.
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments =
            ["-c", StoreProcess.script, name, self.folder] + (try command(self.folder))
        process.environment = StorePrograms.environment(environment)
        process.standardInput = pipe.fileHandleForReading
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try StoreProcess.unblockingSignals { try process.run() }
        try pipe.fileHandleForReading.close()
    }

    /// A program inherits the signals that the thread starting it blocks, as libdispatch's do: a shell that never hears
    /// of its child's end waits for ever.
    private static func unblockingSignals(_ body: () throws -> Void) rethrows {
        var none = sigset_t()
        var before = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try body()
    }

    /// Kills it, and leaves its folder to the next one.
    func kill() throws {
        try hold.write(contentsOf: Data("keep\n".utf8))
        try hold.close()
        process.waitUntilExit()
    }

    /// Waits until `isUp`; what the server wrote is told if it never is.
    func waitUntil(_ what: String, _ isUp: () -> Bool) throws {
        let start = ContinuousClock.now
        while !isUp() {
            guard process.isRunning, start.duration(to: .now) < .seconds(60) else {
                let log = try String(contentsOfFile: "\(folder)/log", encoding: .utf8)
                throw StoreFailure("\(what) did not start: \(log.suffix(2_000))")
            }
            // A server tells nobody when it is up.
            usleep(20_000)
        }
    }

    static func makeFolder(_ name: String) throws -> String {
        var template = Array("/tmp/pgkeep-\(name).XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw StoreFailure("no folder for \(name)") }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
