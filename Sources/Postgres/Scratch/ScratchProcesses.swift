import Foundation

/// The processes of a scratch server: those of its folder's owner that work inside it.
struct ScratchProcesses: Sendable {
    private static let names: Set<String> = ["postgres", "initdb", "sh"]

    private let folder: String
    private let owner: uid_t?

    init(in folder: String) {
        self.folder = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
        var status = stat()
        owner = stat(folder, &status) == 0 ? status.st_uid : nil
    }

    /// Asks each to stop at once, and kills what has not stopped after a while.
    func end() async throws {
        for step in 0..<200 {
            let found = all()
            guard !found.isEmpty else { return }
            if step == 0 { for process in found { kill(process, SIGQUIT) } }
            if step == 150 { for process in found { kill(process, SIGKILL) } }
            // They end by themselves; nobody tells when.
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private func all() -> [pid_t] {
        guard let owner, let entries = try? FileManager.default.contentsOfDirectory(atPath: "/proc") else {
            // Where there is no /proc nothing can be told of processes.
            return []
        }
        return entries.compactMap { pid_t($0) }.filter { process in
            var status = stat()
            guard stat("/proc/\(process)", &status) == 0, status.st_uid == owner,
                let place = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd"),
                place == folder || place.hasPrefix(folder + "/"),
                let name = try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8)
            else {
                // One that went while we looked is none.
                return false
            }
            return ScratchProcesses.names.contains(name.trimmed)
        }
    }
}
