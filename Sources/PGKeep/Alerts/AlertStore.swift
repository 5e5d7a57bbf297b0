import Foundation
import PGKeepModel
import Synchronization

/// The file `alerts.json` of the state folder, changed by one process at a time.
///
/// The lock is held only while the state changes, never while something is sent. The file is replaced whole: written
/// beside it, synced, renamed. One that can't be read is kept aside, told, and replaced by an empty one: alerts that
/// hold are then told once more. Where it can't be written, on a full disk perhaps, the state lives on in memory until
/// it can.
final class AlertStore: Sendable {
    private let directory: String
    private let warn: @Sendable (String) -> Void
    /// What could not be written.
    private let unsaved = Mutex<AlertState?>(nil)

    var path: String { "\(directory)/alerts.json" }

    init(directory: String, warn: @escaping @Sendable (String) -> Void) {
        self.directory = directory
        self.warn = warn
    }

    /// Changes the state; `change` is brief.
    func update<Result: Sendable>(_ change: (inout AlertState) -> Result) -> Result {
        unsaved.withLock { unsaved in
            let lock = locked()
            defer { withExtendedLifetime(lock) {} }
            let loaded = unsaved ?? load()
            let before = loaded ?? AlertState()
            var state = before
            let result = change(&state)
            guard state != before || loaded == nil || unsaved != nil else { return result }
            do {
                try save(state)
                unsaved = nil
            } catch {
                // Once is enough: the next attempts fail alike.
                if unsaved == nil { warn("the alert book could not be written: \(error)") }
                unsaved = state
            }
            return result
        }
    }

    /// No app's name begins with a dot, so no run's lock is called so. Without a lock it goes on: alerts matter most
    /// when something is wrong with the disk.
    private func locked() -> StateFile? {
        do {
            try StateFile.makeFolder(directory)
            let file = try StateFile("\(directory)/.alerts.lock", O_RDWR | O_CREAT)
            try file.lock(exclusive: true)
            return file
        } catch {
            // What is wrong is told when the state is written.
            return nil
        }
    }

    /// Nil if there is a file that can't be read: it is to be replaced.
    private func load() -> AlertState? {
        do {
            guard access(path, F_OK) == 0 else { return AlertState() }
            let file = try StateFile(path, O_RDONLY)
            let bytes = try file.read(Int(file.byteCount()), at: 0)
            let state = try JSONDecoder().decode(AlertState.self, from: Data(bytes))
            guard state.version == AlertState.currentVersion else {
                throw PGKeepError(.failed, "it has version \(state.version)")
            }
            return state
        } catch {
            let reason = error is DecodingError ? "it is torn or no alert book" : "\(error)"
            let aside = "\(path).unreadable"
            let isAside = rename(path, aside) == 0
            warn(
                "the alert book \(path) can't be read (\(reason)); alerts that hold are told once more"
                    + (isAside ? "; it is kept as \(aside)" : ""))
            return nil
        }
    }

    private func save(_ state: AlertState) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try StateFile.replace(path, with: Array(try encoder.encode(state)))
    }
}
