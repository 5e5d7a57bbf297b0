import Foundation
import PGKeep
import PGKeepModel

/// A keeper on a simulated clock, with times at which it is down and times at which every backup fails.
struct SimulatedKeeper {
    var schedules = Schedules.standard
    var zone: TimeZone
    var retries = RetryPolicy(retries: 3)
    /// Sorted, and apart from one another.
    var outages: [DateInterval] = []
    var troubles: [DateInterval] = []
    /// How long a backup takes.
    var lengths: [Tier: TimeInterval] = [.daily: 600, .weekly: 3000, .monthly: 5400]

    struct Run: Hashable {
        var tier: Tier
        var slot: Date
        var begun: Date
        var reason: DueRun.Reason
    }

    private(set) var taken: [Run] = []
    private(set) var failed: [Run] = []
    /// Slots that were left to the next one, and those that were given up.
    private(set) var leftOut: Set<Slot> = []
    private(set) var givenUp: Set<Slot> = []
    /// Every moment at which it was asked what is due.
    private(set) var looks: [Date] = []

    init(zone: TimeZone) { self.zone = zone }

    mutating func run(from start: Date, to end: Date) {
        var now = start
        var startedAt = start
        var newest: [Tier: Date] = [:]
        var oldest: Date?
        var failures: [Tier: [Date]] = [:]
        while now < end {
            if let outage = outages.first(where: { $0.start <= now && now < $0.end }) {
                now = outage.end
                startedAt = now
                failures = [:]
                continue
            }
            let history = RunHistory(newest: newest, failures: failures, keptSince: min(oldest ?? startedAt, startedAt))
            let plan = DueRuns(of: schedules, in: zone, retries: retries, history: history, now: now)
            looks.append(now)
            note(plan)
            guard let due = plan.runs.first else {
                let next = plan.nextChange ?? end
                // Who is down at that time looks when it is up again.
                now = outages.first { now < $0.start && $0.start <= next }?.start ?? next
                continue
            }
            let run = Run(tier: due.tier, slot: due.slot, begun: now, reason: due.reason)
            let done = now + (lengths[due.tier] ?? 600)
            if let outage = outages.first(where: { now < $0.start && $0.start < done }) {
                // Killed in the middle: nothing is left of it.
                now = outage.start
            } else if troubles.contains(where: { $0.contains(now) }) {
                failed.append(run)
                now += 20
                failures[due.tier, default: []].append(now)
            } else {
                taken.append(run)
                newest[due.tier] = run.begun
                oldest = oldest ?? run.begun
                now = done
            }
        }
    }

    private mutating func note(_ plan: DueRuns) {
        for outlook in plan.outlooks {
            switch outlook.state {
            case .leftOut(let slot): leftOut.insert(Slot(tier: outlook.tier, at: slot))
            case .givenUp(let slot, _): givenUp.insert(Slot(tier: outlook.tier, at: slot))
            default: break
            }
        }
    }
}

/// The same numbers each time.
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    // SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
