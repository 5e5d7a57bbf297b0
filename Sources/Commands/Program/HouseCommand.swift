package import ArgumentParser

/// A command of the house: `run()` builds the context, and `run(in:)`, which tests call, does the work.
package protocol HouseCommand: AsyncParsableCommand, Sendable {
    var common: CommonOptions { get }
    /// Settings that options of this command alone set, by the names of the variables.
    var flags: [String: String] { get }
    func run(in context: CommandContext) async throws
}

extension HouseCommand {
    package var flags: [String: String] { [:] }

    package func run() async throws {
        try await Interruption.heeding {
            try await run(in: CommandContext(common, flags: flags))
        }
    }
}
