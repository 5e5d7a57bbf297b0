/// Something that was done, on its way into the journal.
package struct JournalEvent: Sendable, Hashable {
    /// What was done.
    package enum Kind: String, Sendable, CaseIterable {
        case backup, verify, restore, undo
        /// By retention.
        case delete
        /// By hand.
        case remove
        case pin, unpin, accept, cleanup, drill
        /// Into another vault.
        case copy
        /// The plain text of a sealed archive was handed out.
        case decrypt
        /// Told, or never delivered.
        case alert
        /// A keeper began, or ended.
        case start, stop
        /// For a time nothing could be written here.
        case gap
        /// A slot was left to another keeper.
        case yield
        /// What was due was looked at, and reported.
        case checklist

        /// Whether a person does it, not a schedule.
        var isByHand: Bool {
            switch self {
            case .restore, .undo, .remove, .pin, .unpin, .accept, .decrypt: true
            default: false
            }
        }
    }

    package enum Outcome: String, Sendable {
        case ok, failed
    }

    package var kind: Kind
    package var archive: String?
    package var outcome: Outcome
    /// What else is worth knowing; lines have no nested objects and keys of their own (see `JournalLine`).
    package var details: [String: JSONValue]

    package init(
        _ kind: Kind, archive: String? = nil, outcome: Outcome = .ok, details: [String: JSONValue] = [:]
    ) {
        self.kind = kind
        self.archive = archive
        self.outcome = outcome
        self.details = details
    }
}
