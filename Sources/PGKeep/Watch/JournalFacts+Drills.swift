import Foundation
import PGKeepModel

extension JournalFacts {
    /// A drill that was held, or could not be.
    struct Drill: Sendable, Equatable {
        var archive: String
        var tier: Tier
        var at: Date
        /// nil: something else than the archive kept it from being held.
        var verdict: Proof.Verdict?
        var error: String?
        var hint: String?
    }

    /// How long a restore took.
    struct RestoreTime: Sendable, Equatable {
        var at: Date
        var rawBytes: Int64
        var seconds: Double
    }

    /// The drills of one app.
    struct Drills: Sendable, Equatable {
        /// More would tell of another machine.
        private static let remembered = 20

        /// The last one of each tier.
        private(set) var last: [Tier: Drill] = [:]
        /// The latest ones whose restore came to its end, the newest last.
        private(set) var times: [RestoreTime] = []

        mutating func take(_ drill: Drill, _ time: RestoreTime?) {
            last[drill.tier] = drill
            if let time { times = (times + [time]).suffix(Drills.remembered) }
        }
    }
}

extension JournalFacts.Drill {
    /// Reads the journal's line of a drill; nil if it tells too little, or if a person or another drill was in its way.
    init?(_ fields: JournalFields) {
        guard let at = fields.text("at").flatMap({ Date(iso8601: $0) }),
            let archive = fields.text("archive").flatMap({ ArchiveName($0) }),
            !["busy", "interrupted"].contains(fields.text("code") ?? "")
        else { return nil }
        self.init(
            archive: archive.text, tier: archive.tier, at: at,
            verdict: fields.text("verdict").flatMap { Proof.Verdict(rawValue: $0) }, error: fields.text("error"),
            hint: fields.text("hint"))
    }
}

extension JournalFacts.RestoreTime {
    /// nil if the restore did not come to its end.
    init?(_ fields: JournalFields) {
        guard let at = fields.text("at").flatMap({ Date(iso8601: $0) }), let seconds = fields.number("rtoSeconds"),
            let rawBytes = fields.integer("rawBytes"), rawBytes > 0
        else { return nil }
        self.init(at: at, rawBytes: rawBytes, seconds: seconds)
    }
}
