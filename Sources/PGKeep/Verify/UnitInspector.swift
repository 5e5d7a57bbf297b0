import PGKeepArchive
import PGKeepModel

/// Counts and hashes the rows in a unit's text, table by table, and notes what closes a dump.
struct UnitInspector: DumpVisitor {
    private(set) var tallies: [QualifiedName: RowTally] = [:]
    private(set) var tokens: [String] = []
    private(set) var isComplete = false
    private var target: CopyTarget?
    private var tally = RowTally()

    mutating func line(_ line: UnsafeRawBufferPointer, _ role: LineRole) throws {
        switch role {
        case .restrict(let token), .unrestrict(let token): tokens.append(token)
        case .complete: isComplete = true
        case .text, .rule, .header, .sessionState, .connect: break
        }
    }

    mutating func copyBegan(_ target: CopyTarget) throws {
        self.target = target
        tally = RowTally()
    }

    mutating func rows(_ block: UnsafeRawBufferPointer) throws { tally.add(lines: block) }

    mutating func copyEnded() throws {
        guard let target else { return }
        tallies[target.name, default: RowTally()] += tally
        self.target = nil
    }
}
