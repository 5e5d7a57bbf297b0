package import ArgumentParser
import PGKeep

/// `pgkeep audit [verify]`.
package struct AuditCommand: HouseCommand {
    /// What to do with the journal.
    package enum Action: String, ExpressibleByArgument, CaseIterable, Sendable {
        case verify
    }

    package static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Retells the journal, or verifies that nobody changed it.",
        discussion: """
            Each line of the journal seals the one before it, and each archive carries the seal of the journal's end when \
            it was taken. `audit verify` compares all of them, and ends with status 4 and the first line that doesn't \
            fit; with 3 if archives were taken with another journal.

            Example: pgkeep audit verify
            """)

    @Argument(help: "verify: check every line's seal, and what archives carry of them.")
    package var action: Action?

    @OptionGroup package var common: CommonOptions

    package init() {}

    package func run(in context: CommandContext) async throws {
        switch action {
        case nil: try context.print(.journal(try context.system.audit()))
        case .verify:
            let verdict = try await context.system.auditVerify()
            try context.print(.journalVerdict(verdict))
            if !verdict.isIntact { throw EndsWith(.damaged) }
            if !verdict.otherJournals.isEmpty { throw EndsWith(.attention) }
        }
    }
}
