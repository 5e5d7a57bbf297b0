package import ArgumentParser
import Foundation
import PGKeep
import PGKeepModel

/// `pgkeep next [--from TIME] [--count N]`.
package struct NextCommand: HouseCommand {
    package static let configuration = CommandConfiguration(
        commandName: "next",
        abstract: "Shows when the next backups are to be taken.",
        discussion: """
            These are the slots of the schedules, in BACKUP_TIMEZONE; what a keeper catches up or tries again is not among \
            them. No server is asked.

            Example: pgkeep next --from 2026-03-28 --count 5
            """)

    @Option(
        help: ArgumentHelp(
            "Begin with the first slot at or after this, and not now: 2026-01-27 or 2026-01-27T12:00:00 in BACKUP_TIMEZONE, "
                + "or with Z or an offset.", valueName: "time"))
    package var from: String?

    @Option(help: ArgumentHelp("How many to show, of all tiers together.", valueName: "number"))
    package var count = 10

    @OptionGroup package var common: CommonOptions

    package init() {}

    package func validate() throws {
        guard (1...100_000).contains(count) else { throw ValidationError("--count takes 1 to 100000") }
    }

    package func run(in context: CommandContext) async throws {
        // A slot at the very instant is among them.
        let before = try start(in: context).addingTimeInterval(-1)
        guard case .listed(let entries) = context.settings.databases else {
            let settings = context.settings
            let slots = settings.schedules.slots(after: before, in: settings.timeZone).prefix(count)
            return try context.print(.slots(slots.map { ScheduledSlot(tier: $0.tier, at: $0.at, app: nil) }))
        }
        let slots = entries.flatMap { entry in
            entry.schedules.slots(after: before, in: entry.timeZone).prefix(count)
                .map { ScheduledSlot(tier: $0.tier, at: $0.at, app: entry.appName) }
        }
        // Sorting keeps the order of what is at the same instant: as listed.
        try context.print(.slots(Array(slots.sorted { $0.at < $1.at }.prefix(count))))
    }

    /// Whole seconds, as slots are.
    private func start(in context: CommandContext) throws -> Date {
        guard let from else { return Date(timeIntervalSince1970: context.now.timeIntervalSince1970.rounded(.up)) }
        if let date = PointInTime.date(from, in: context.settings.timeZone, dayAs: .beginning) { return date }
        throw PGKeepError(.usage, "--from is '\(from)', not a time", hint: "pgkeep next --from 2026-01-27T12:00:00")
    }
}
