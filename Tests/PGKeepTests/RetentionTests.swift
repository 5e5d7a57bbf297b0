import Foundation
import PGKeep
import PGKeepModel
import Testing

@Suite struct RetentionTests {
    /// One situation: the backups, and the reason expected for each, in the same order.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var backups: [RetentionFacts]
        var reasons: [RetentionReason]
    }

    static let cases = [
        Case(testDescription: "no backups", backups: [], reasons: []),
        Case(
            testDescription: "a backup is kept to the second its days are over, and not longer",
            backups: [.of(.daily, 1), .of(.daily, 30), .of(.daily, 30, seconds: 1), .of(.daily, 45)],
            reasons: [
                .young(ageDays: 1, limit: 30), .young(ageDays: 30, limit: 30), .tooOld(limit: 30), .tooOld(limit: 30),
            ]),
        Case(
            testDescription: "each tier has its own limit",
            backups: [
                .of(.weekly, 0), .of(.monthly, 0), .of(.daily, 0), .of(.daily, 60), .of(.weekly, 60), .of(.weekly, 85),
                .of(.monthly, 85), .of(.monthly, 366),
            ],
            reasons: [
                .young(ageDays: 0, limit: 84), .young(ageDays: 0, limit: 365), .young(ageDays: 0, limit: 30),
                .tooOld(limit: 30), .young(ageDays: 60, limit: 84), .tooOld(limit: 84),
                .young(ageDays: 85, limit: 365), .tooOld(limit: 365),
            ]),
        Case(
            testDescription: "the newest good one of each tier stays, however old",
            backups: [.of(.daily, 400), .of(.daily, 401), .of(.weekly, 500), .of(.monthly, 600), .of(.monthly, 900)],
            reasons: [
                .newestGood(.daily), .tooOld(limit: 30), .newestGood(.weekly), .newestGood(.monthly),
                .tooOld(limit: 365),
            ]),
        Case(
            testDescription: "the newest proven one of the app stays",
            backups: [
                .of(.daily, 1), .of(.daily, 50).proven, .of(.daily, 60).proven, .of(.weekly, 90),
                .of(.weekly, 95).proven,
            ],
            reasons: [
                .young(ageDays: 1, limit: 30), .newestProven, .tooOld(limit: 30), .newestGood(.weekly),
                .tooOld(limit: 84),
            ]),
        Case(
            testDescription: "pinned and manual ones stay",
            backups: [.of(.daily, 0), .of(.daily, 99).pinned, .of(.manual, 4000), .of(.manual, 4001).pinned.damaged],
            reasons: [.young(ageDays: 0, limit: 30), .pinned, .manual, .manual]),
        Case(
            testDescription: "a manual backup is not the newest good one of the other tiers",
            backups: [.of(.manual, 0), .of(.daily, 99)],
            reasons: [.manual, .newestGood(.daily)]),
        Case(
            testDescription: "a suspect backup keeps all of its app, and nothing of another",
            backups: [
                .of(.daily, 0).suspect, .of(.daily, 40), .of(.daily, 41), .of(.weekly, 100), .of(.weekly, 101),
                .of(.daily, 0, app: "shop_staging"), .of(.daily, 41, app: "shop_staging"),
            ],
            reasons: [
                .young(ageDays: 0, limit: 30), .newestGood(.daily), .frozen, .newestGood(.weekly), .frozen,
                .young(ageDays: 0, limit: 30), .tooOld(limit: 30),
            ]),
        Case(
            testDescription: "a backup from the future is kept and protects nothing",
            backups: [
                .of(.daily, 0, seconds: -1), .of(.daily, -9000).proven, .of(.weekly, -1).damaged,
                .of(.daily, 40).proven,
                .of(.daily, 41).proven, .of(.weekly, 100),
            ],
            reasons: [
                .fromTheFuture, .fromTheFuture, .fromTheFuture, .newestGood(.daily), .tooOld(limit: 30),
                .newestGood(.weekly),
            ]),
        Case(
            testDescription: "a suspect backup from the future freezes as well",
            backups: [.of(.daily, -5).suspect, .of(.daily, 40), .of(.daily, 41)],
            reasons: [.fromTheFuture, .newestGood(.daily), .frozen]),
        Case(
            testDescription: "a damaged one is not the newest good one, and goes with age",
            backups: [.of(.daily, 1).damaged, .of(.daily, 50).damaged, .of(.daily, 51), .of(.daily, 52)],
            reasons: [.young(ageDays: 1, limit: 30), .tooOld(limit: 30), .newestGood(.daily), .tooOld(limit: 30)]),
        Case(
            testDescription: "damaged ones stay while their tier has no good one",
            backups: [.of(.daily, 50).damaged, .of(.daily, 51).damaged.proven, .of(.weekly, 1)],
            reasons: [.noGoodOne(.daily), .noGoodOne(.daily), .young(ageDays: 1, limit: 84)]),
        Case(
            testDescription: "of two apps each keeps its own newest",
            backups: [
                .of(.daily, 50).proven, .of(.daily, 60, app: "shop_daily").proven, .of(.daily, 61, app: "shop_daily"),
                .of(.daily, 51),
            ],
            reasons: [.newestGood(.daily), .newestGood(.daily), .tooOld(limit: 30), .tooOld(limit: 30)]),
    ]

    @Test("Each backup is kept or goes for its reason", arguments: cases)
    func reasons(of situation: Case) throws {
        let plan = RetentionPlan(situation.backups, policy: .standard, now: now)
        let reasons = Dictionary(uniqueKeysWithValues: plan.decisions.map { ($0.facts, $0.reason) })
        try #require(plan.decisions.count == situation.backups.count)
        for (backup, reason) in zip(situation.backups, situation.reasons) {
            #expect(reasons[backup] == reason, "\(backup.name)")
        }
        #expect(plan.decisions.map(\.facts.name) == situation.backups.map(\.name).sorted(by: >))
    }

    @Test("An age is whole days, and a reason reads as a person would say it")
    func words() {
        let backups: [RetentionFacts] = [
            .of(.daily, 12, seconds: 86_399), .of(.daily, 45), .of(.daily, 0, seconds: -1), .of(.weekly, 90),
        ]
        let plan = RetentionPlan(backups, policy: RetentionPolicy(daily: 30, weekly: 84, monthly: 365), now: now)
        #expect(plan.decisions.map(\.ageDays) == [-1, 12, 45, 90])
        #expect(
            plan.decisions.map(\.reason.text) == [
                "dated in the future", "12 of 30 days old", "older than 30 days", "newest good weekly backup",
            ])
    }

    @Test("The report of a plan tells what goes, what stays and what it frees")
    func report() throws {
        let backups: [RetentionFacts] = [.of(.daily, 0), .of(.daily, 45), .of(.daily, 46), .of(.weekly, -1)]
        let report = CleanupReport(RetentionPlan(backups, policy: .standard, now: now), dryRun: true)
        #expect(report.deleted.map(\.name) == [backups[1].name.text, backups[2].name.text])
        #expect(report.deleted.map(\.ageDays) == [45, 46])
        #expect(report.freedBytes == backups[1].bytes + backups[2].bytes)
        #expect(report.kept.map(\.reason) == ["dated in the future", "0 of 30 days old"])
        #expect(report.futureDated == [backups[3].name.text])
        let object = try #require(
            try JSONSerialization.jsonObject(with: JSONEncoder().encode(report)) as? [String: Any])
        #expect(
            Set(object.keys) == ["deleted", "kept", "freedBytes", "dryRun", "futureDated", "databasesDropped"])
    }
}

@Suite struct RetentionYearTests {
    @Test("Over two years and a half exactly the backups past their age go, on the day they are past it")
    func calendar() {
        var kept: [RetentionFacts] = []
        var deleted = 0
        for day in 0..<900 {
            let morning = start.addingTimeInterval(Double(day) * 86_400)
            for tier in tiersDue(on: day) { kept.append(.of(tier, 0, before: morning)) }
            // The run ends a minute after the snapshot, so that of thirty days ago is past its age.
            let now = morning.addingTimeInterval(60)
            let plan = RetentionPlan(kept, policy: .standard, now: now)
            for decision in plan.decisions {
                let age = now.timeIntervalSince(decision.facts.name.createdAt)
                let limit = RetentionPolicy.standard.days(for: decision.facts.name.tier)
                #expect(
                    decision.keep == (age <= Double(limit ?? .max) * 86_400), "\(decision.facts.name) on day \(day)")
            }
            deleted += plan.decisions.count { !$0.keep }
            kept = plan.decisions.filter(\.keep).map(\.facts)
            #expect(kept.count { $0.name.tier == .daily } == min(day + 1, 30))
            #expect(kept.count { $0.name.tier == .weekly } == min(day / 7 + 1, 12))
            #expect(kept.count { $0.name.tier == .monthly } <= 13)
        }
        #expect(deleted == (900 - 30) + (129 - 12) + 18)
    }

    @Test("With outages, damage, pins, proofs and wrong clocks nothing that matters is lost", arguments: UInt64(1)...5)
    func rough(seed: UInt64) {
        var random = SplitMix(state: seed)
        var kept: [RetentionFacts] = []
        var isOut = false
        for day in 0..<400 {
            let morning = start.addingTimeInterval(Double(day) * 86_400)
            if Int.random(in: 0..<20, using: &random) == 0 { isOut.toggle() }
            for tier in tiersDue(on: day) where !isOut {
                kept.append(
                    .random(tier, at: morning, app: Bool.random(using: &random) ? "a" : "a_daily", using: &random))
            }
            // Somebody looks at the suspect ones now and then.
            if day % 10 == 0 { for place in kept.indices { kept[place].isSuspect = false } }
            let now = morning.addingTimeInterval(60)
            let plan = RetentionPlan(kept, policy: .standard, now: now)
            expectNothingLost(plan, of: kept, now: now)
            let rest = plan.decisions.filter(\.keep).map(\.facts)
            let shuffled = RetentionPlan(kept.shuffled(using: &random), policy: .standard, now: now)
            #expect(shuffled.decisions.filter(\.keep).map(\.facts) == rest)
            #expect(RetentionPlan(rest, policy: .standard, now: now).decisions.allSatisfy { $0.keep })
            expectUntrustedPushNothingOut(rest: kept, now: now)
            kept = rest
        }
    }

    private func expectNothingLost(_ plan: RetentionPlan, of backups: [RetentionFacts], now: Date) {
        #expect(Set(plan.decisions.map(\.facts)) == Set(backups))
        let gone = plan.decisions.filter { !$0.keep }.map(\.facts)
        let rest = plan.decisions.filter(\.keep).map(\.facts)
        for backup in gone {
            let limit = RetentionPolicy.standard.days(for: backup.name.tier) ?? .max
            #expect(now.timeIntervalSince(backup.name.createdAt) > Double(limit) * 86_400)
            #expect(!backup.isPinned && backup.name.tier != .manual)
            #expect(!backups.contains { $0.isSuspect && $0.name.app == backup.name.app })
            // Something newer and good of the same tier is left; of a proven one, something newer and proven.
            #expect(
                rest.contains {
                    $0.isGood && $0.name.app == backup.name.app && $0.name.tier == backup.name.tier
                        && (!backup.isGood || $0.name > backup.name) && $0.name.createdAt <= now
                })
            if backup.isProven && backup.isGood {
                #expect(
                    rest.contains {
                        $0.isGood && $0.isProven && $0.name.app == backup.name.app && $0.name > backup.name
                            && $0.name.createdAt <= now
                    })
            }
        }
    }

    /// Without the damaged and the future ones the same good ones go.
    private func expectUntrustedPushNothingOut(rest backups: [RetentionFacts], now: Date) {
        guard !backups.contains(where: \.isSuspect) else { return }
        let trusted = backups.filter { $0.isGood && $0.name.createdAt <= now }
        let all = RetentionPlan(backups, policy: .standard, now: now).decisions
        #expect(
            all.filter { !$0.keep && $0.facts.isGood }.map(\.facts)
                == RetentionPlan(trusted, policy: .standard, now: now).decisions.filter { !$0.keep }.map(\.facts))
    }

    private func tiersDue(on day: Int) -> [Tier] {
        var tiers: [Tier] = [.daily]
        if day % 7 == 0 { tiers.append(.weekly) }
        let time = UTCTime(secondsSince1970: Int64(start.timeIntervalSince1970) + Int64(day) * 86_400)
        if time.day == 1 { tiers.append(.monthly) }
        return tiers
    }
}

/// 2026-01-27T02:00:00Z.
private let now = Date(timeIntervalSince1970: 1_769_479_200)
/// 2024-01-01T02:00:00Z.
private let start = Date(timeIntervalSince1970: 1_704_074_400)

extension RetentionFacts {
    fileprivate static func of(
        _ tier: Tier, _ days: Int, seconds: Int = 0, app: String = "shop", before moment: Date = now
    ) -> RetentionFacts {
        guard let app = AppName(encoded: app) else { preconditionFailure("not an app's name: \(app)") }
        let createdAt = moment.addingTimeInterval(-Double(days * 86_400 + seconds))
        let name = ArchiveName(app: app, tier: tier, createdAt: createdAt, format: .gzip)
        return RetentionFacts(name: name, bytes: 1000 + Int64(days))
    }

    fileprivate static func random(
        _ tier: Tier, at morning: Date, app: String, using random: inout SplitMix
    ) -> RetentionFacts {
        func oneIn(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &random) == 0 }
        let tier = oneIn(30) ? Tier.manual : tier
        // A wrong clock is never right to the second; no two archives have one name.
        let isAhead = oneIn(40)
        var backup = RetentionFacts.of(tier, isAhead ? -50 : 0, seconds: isAhead ? -13 : 0, app: app, before: morning)
        backup.isGood = !oneIn(4)
        backup.isPinned = oneIn(25)
        backup.isProven = oneIn(7)
        backup.isSuspect = oneIn(40)
        return backup
    }

    fileprivate var pinned: RetentionFacts { with { $0.isPinned = true } }
    fileprivate var proven: RetentionFacts { with { $0.isProven = true } }
    fileprivate var suspect: RetentionFacts { with { $0.isSuspect = true } }
    fileprivate var damaged: RetentionFacts { with { $0.isGood = false } }

    private func with(_ change: (inout RetentionFacts) -> Void) -> RetentionFacts {
        var copy = self
        change(&copy)
        return copy
    }
}

/// A generator with a seed, so that a failure comes again.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
