import Foundation
import PGKeepModel
import PGKeepVaults
import Testing

@testable import PGKeep

/// What drills in the journal, and proofs beside archives, come to.
@Suite struct DrillWatchTests {
    private func record(
        _ folder: WatchFolder, _ archive: String, hoursAgo: Double, rtoSeconds: Double? = 60, rawBytes: Int64 = 400,
        verdict: String = "proven", error: String? = nil, code: String? = nil
    ) throws {
        var details: [String: JSONValue] = [
            "app": "shop", "verdict": .string(verdict), "rawBytes": .integer(rawBytes),
        ]
        details["rtoSeconds"] = rtoSeconds.map(JSONValue.number)
        details["error"] = error.map(JSONValue.string)
        details["code"] = code.map(JSONValue.string)
        try folder.journal.append(
            JournalEvent(.drill, archive: archive, outcome: verdict == "proven" ? .ok : .failed, details: details),
            at: folder.time(hoursAgo: hoursAgo))
    }

    @Test("A drill that failed is told until one of its tier succeeds; one that could not be held is told as that")
    func failed() async throws {
        try await WatchFolder.with { folder in
            let archive = try folder.put(.daily, hoursAgo: 5)
            try record(
                folder, archive, hoursAgo: 4, verdict: "failed", error: "table public.t: expected 2 rows, found 1")
            let facts = try folder.look()
            #expect(facts.conditions.map(\.kind) == [.drillFailed])
            #expect(facts.conditions[0].message.contains("the drill of \(archive) failed: table public.t"))
            #expect(facts.conditions[0].subject == "daily" && facts.conditions[0].hint == "pgkeep drill \(archive)")
            // Another one at work, or a person who ended it, is no failure; another tier's success ends nothing.
            try record(folder, archive, hoursAgo: 3.5, rtoSeconds: nil, verdict: "notDrilled", code: "busy")
            try record(folder, try folder.put(.weekly, hoursAgo: 6), hoursAgo: 3)
            #expect(try folder.look().conditions.map(\.kind) == [.drillFailed])
            try record(folder, archive, hoursAgo: 2)
            #expect(try folder.look().conditions.isEmpty)
            try record(
                folder, archive, hoursAgo: 1, rtoSeconds: nil, verdict: "notDrilled", error: "no PostgreSQL 18",
                code: "toolMissing")
            let lacking = try folder.look()
            #expect(lacking.conditions.map(\.message) == ["\(archive) could not be drilled: no PostgreSQL 18"])
        }
    }

    @Test("The newest backup with a proof beside it is the last proven one")
    func proven() async throws {
        try await WatchFolder.with { folder in
            let old = try folder.put(.daily, hoursAgo: 30)
            try folder.put(.daily, hoursAgo: 5)
            #expect(try folder.look().apps[0].lastProven == nil)
            try folder.vault.put("\(old).proof", Array("{\"at\":\"2026-01-27T01:00:00Z\"}".utf8))
            #expect(try folder.look().apps[0].lastProven?.name == old)
        }
    }

    @Test(
        "What a restore takes is told for the size of now, and alerted when it is more than it may be, or will be soon")
    func objective() async throws {
        try await WatchFolder.with { folder in
            var folder = folder
            let archive = try folder.put(.daily, hoursAgo: 5)
            try folder.record(.daily, hoursAgo: 5)
            #expect(try folder.look().apps[0].restore == nil)
            // Seven hundred seconds more every other week, at the size of now.
            for (week, seconds) in [(6.0, 1000.0), (4, 1700), (2, 2400), (0, 3100)] {
                try record(folder, archive, hoursAgo: week * 7 * 24 + 1, rtoSeconds: seconds)
            }
            let restore = try #require(try folder.look().apps[0].restore)
            #expect(restore.estimatedSeconds == 3100 && restore.measuredSeconds == 3100)
            #expect(abs((restore.growthSecondsPerDay ?? 0) - 50) < 0.001)
            #expect(restore.daysUntilMissed == nil)
            #expect(try folder.look().conditions.isEmpty)
            folder.settings.rto = .seconds(3600)
            let soon = try folder.look()
            #expect(soon.apps[0].restore?.daysUntilMissed == 10)
            #expect(soon.conditions.map(\.kind) == [.restoreSlow])
            #expect(soon.conditions[0].message.contains("in 10 days more than 1h"), "\(soon.conditions[0].message)")
            folder.settings.rto = .seconds(86_400)
            #expect(try folder.look().conditions.isEmpty)
            folder.settings.rto = .seconds(3000)
            let missed = try folder.look()
            #expect(missed.conditions.map(\.message) == ["a restore takes about 51m, more than 50m"])
            #expect(missed.metrics.contains("pgkeep_rto_objective_seconds{app=\"shop\"} 3000"))
            #expect(missed.metrics.contains("pgkeep_rto_estimate_seconds{app=\"shop\"} 3100"))
            // Twice the plain SQL takes twice as long.
            try folder.record(.daily, hoursAgo: 0, details: ["rawBytes": 800])
            #expect(try folder.look().apps[0].restore?.estimatedSeconds == 6200)
        }
    }
}
