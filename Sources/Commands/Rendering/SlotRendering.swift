import Foundation
import PGKeepModel

/// A slot as data; whose it is told where several databases have schedules of their own.
package struct ScheduledSlot: Sendable, Encodable {
    let tier: Tier
    let at: Date
    let app: String?
}

extension Rendering {
    func slots(_ slots: [ScheduledSlot]) -> String {
        guard !slots.isEmpty else { return "No backups are scheduled" }
        let hasApps = slots.contains { $0.app != nil }
        // Foundation calls UTC by its older name.
        let zone = timeZone.identifier == "GMT" ? "UTC" : timeZone.identifier
        var table = TextTable(["Type", "At (\(zone))"] + (hasApps ? ["App"] : []))
        for slot in slots { table.add([slot.tier.rawValue, time(slot.at)] + (hasApps ? [slot.app ?? "-"] : [])) }
        return table.text
    }
}
