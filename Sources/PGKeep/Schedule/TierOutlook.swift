package import Foundation
package import PGKeepModel

/// How one tier stands: what is with its last slot, and when the next one is.
package struct TierOutlook: Sendable, Hashable {
    package enum State: Sendable, Hashable {
        /// The tier is switched off.
        case off
        /// No slot came since the app is kept.
        case waiting
        /// A backup was taken for the slot, or after it.
        case done(slot: Date)
        case due(DueRun)
        /// The last attempt failed; the next one is later.
        case pausing(slot: Date, until: Date, failures: Int)
        /// All attempts failed; the next slot is a new chance.
        case givenUp(slot: Date, failures: Int)
        /// The slot was missed, and the next one is too near to catch it up.
        case leftOut(slot: Date)
    }

    package let tier: Tier
    package let state: State
    /// The slot after now; nil if the tier is switched off.
    package let next: Date?
}

/// A backup that is to be taken now.
package struct DueRun: Sendable, Hashable {
    package enum Reason: Sendable, Hashable {
        /// It is time.
        case onTime
        /// The slot was missed, because nothing ran that could take it or something else took long.
        case catchingUp
        /// There is no backup of the tier yet, and none is worse than one at the wrong time.
        case first
        /// What was tried before failed.
        case retry(attempt: Int)
    }

    package let tier: Tier
    /// The slot it is taken for, the last one up to now.
    package let slot: Date
    package let reason: Reason

    /// Why it is taken, to say before it begins.
    package func why(in zone: TimeZone) -> String {
        let time = LocalTime.text(slot, in: zone)
        return switch reason {
        case .onTime: "scheduled for \(time)"
        case .catchingUp: "catching up \(time), which was missed"
        case .first: "there is no \(tier.rawValue) backup yet"
        case .retry(let attempt): "attempt \(attempt) for \(time)"
        }
    }
}

extension TierOutlook {
    /// How it stands, for people.
    package func text(in zone: TimeZone) -> String {
        func time(_ date: Date) -> String { LocalTime.text(date, in: zone) }
        func failed(_ count: Int) -> String { Figures.count(count, "attempt") + " failed" }
        return switch state {
        case .off: "off"
        case .waiting: "no slot yet"
        case .done(let slot): "done for \(time(slot))"
        case .due(let run): "due: \(run.why(in: zone))"
        case .pausing(let slot, let until, let failures):
            "\(failed(failures)) for \(time(slot)), the next one is at \(time(until))"
        case .givenUp(let slot, let failures): "given up for \(time(slot)): \(failed(failures))"
        case .leftOut(let slot):
            "left out for \(time(slot)), which was missed: the next slot is near\(next.map { ", \(time($0))" } ?? "")"
        }
    }
}
