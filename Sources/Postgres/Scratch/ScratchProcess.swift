import CGNU
import Foundation
import PGKeepModel
import Subprocess
import SystemPackage

/// A program of a scratch server, run so that it does not outlive us.
enum ScratchProcess {
    /// How it ended.
    struct Ending: Sendable {
        var status: TerminationStatus
        /// The last it said on stderr.
        var words: String

        /// As an error of whatever was `ended`.
        func error(_ what: String) -> PGKeepError {
            let isFull = words.contains("No space left on device") || words.contains("could not extend file")
            return PGKeepError(
                isFull ? .noSpace : .unreachable, "\(what) (\(status))", cause: words.isEmpty ? nil : words,
                hint: isFull ? "export BACKUP_DRILL_DIR=…   (a folder with more room)" : nil)
        }
    }

    /// `$@` runs in the background; a second process waits at the pipe for our end, and asks it to stop at once. A
    /// signal to the shell does the same.
    private static let script = """
        exec 3<&0 </dev/null
        "$@" 3<&- >/dev/null 2>log &
        program=$!
        trap 'kill -QUIT $program 2>/dev/null' TERM
        { read -r nothing <&3; kill -QUIT $program; } 2>/dev/null &
        watch=$!
        exec 3<&-
        wait $program
        status=$?
        while kill -0 $program 2>/dev/null; do
            wait $program
            status=$?
        done
        kill $watch 2>/dev/null
        exit $status
        """

    /// Not ours: the server runs code that is in the database, which our passwords and keys are no business of.
    private static var environment: [Environment.Key: String] {
        let passed = ["PATH", "TZ", "LD_LIBRARY_PATH", "ICU_DATA"]
        return ProcessInfo.processInfo.environment.filter { passed.contains($0.key) }
            .merging(["LC_ALL": "C"]) { $1 }
            .reduce(into: [:]) { $0[Environment.Key(stringLiteral: $1.key)] = $1.value }
    }

    /// Runs it to its end in a folder, as the folder's owner.
    static func run(_ program: String, _ arguments: [String], in folder: ScratchFolder) async throws -> Ending {
        var ends: [Int32] = [0, 0]
        guard pipe2(&ends, O_CLOEXEC) == 0 else {
            throw PGKeepError(.failed, "no pipe could be made", cause: String(cString: strerror(errno)))
        }
        let writeEnd = ends[1]
        defer { close(writeEnd) }
        var options = PlatformOptions()
        // Ctrl-C at a terminal is ours to heed.
        options.processGroupID = 0
        options.teardownSequence = [.send(signal: .terminate, allowedDurationToNextStep: .seconds(20))]
        do {
            let ended = try await Subprocess.run(
                folder.user == nil ? .path("/bin/sh") : .name("setpriv"),
                arguments: Arguments(
                    (folder.user?.becoming("/bin/sh") ?? []) + ["-c", script, "pgkeep-scratch", program] + arguments),
                environment: .custom(environment),
                workingDirectory: FilePath(folder.path), platformOptions: options,
                input: .fileDescriptor(FileDescriptor(rawValue: ends[0]), closeAfterSpawningProcess: true),
                output: .discarded, error: .discarded)
            return Ending(status: ended.terminationStatus, words: folder.lastWords())
        } catch let error as SubprocessError where folder.user != nil && error.code == .executableNotFound {
            throw PGKeepError(.toolMissing, "setpriv was not found", hint: "sudo apt-get install util-linux")
        } catch let error as SubprocessError {
            throw PGKeepError(
                .unreachable, "\(program) could not be started in \(folder.path)", cause: "\(error)",
                hint:
                    "ls -ld \(folder.parent)   (may \(folder.user?.name ?? "you") enter it? else: export BACKUP_DRILL_DIR=/var/tmp)"
            )
        }
    }
}
