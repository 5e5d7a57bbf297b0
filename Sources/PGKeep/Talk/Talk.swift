package import Logging

/// Says the house's lines through a logger: warnings and failures at their own levels, the rest as information.
package struct Talk: Sendable {
    private let logger: Logger
    private var listener: (@Sendable (HouseLine) -> Void)?

    package init(_ logger: Logger) { self.logger = logger }

    /// The same, with somebody who hears every line as well.
    func heard(by listener: @escaping @Sendable (HouseLine) -> Void) -> Talk {
        var talk = self
        talk.listener = listener
        return talk
    }

    /// The label goes along as metadata, so that a terminal can put it in front and a server can filter by it.
    package func callAsFunction(_ line: HouseLine) {
        let level: Logger.Level =
            switch line {
            case .warning, .backupSuspect, .notDrilled: .warning
            case .alert(let notice): notice.event == .closed ? .info : .error
            case .backupFailed, .restoreFailed, .backupDamaged, .drillFailed: .error
            default: .info
            }
        logger.log(level: level, "\(line.text)", metadata: ["label": "\(line.label.rawValue)"])
        listener?(line)
    }
}
