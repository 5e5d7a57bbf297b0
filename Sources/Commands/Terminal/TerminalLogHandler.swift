package import Logging

/// Renders what the library says as the house's lines: `[Backup] Size: 45.2 MB`.
package struct TerminalLogHandler: LogHandler {
    package var logLevel: Logger.Level = .info
    package var metadata: Logger.Metadata = [:]
    private let terminal: Terminal

    package init(_ terminal: Terminal) { self.terminal = terminal }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let own = metadata.merging(event.metadata ?? [:]) { _, new in new }
        // A line to part what comes from what was.
        if event.message.description.isEmpty { return terminal.say("") }
        let label = own["label"].map { "[\($0)] " } ?? ""
        let rest = own.filter { $0.key != "label" }.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }
        terminal.say("\(label)\(event.message)\(rest.joined())")
    }
}
