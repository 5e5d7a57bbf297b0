import Foundation
import PGKeepModel
import Testing

@testable import PGKeep

/// Drills of archives that are no more.
@Suite struct GoneDrillTests {
    @Test("A drill of a backup by hand that failed is nobody's concern once its archive is gone")
    func gone() async throws {
        try await WatchFolder.with { folder in
            let archive = try folder.put(.manual, hoursAgo: 8)
            try folder.put(.daily, hoursAgo: 5)
            try folder.journal.append(
                JournalEvent(.drill, archive: archive, outcome: .failed, details: ["verdict": "failed"]),
                at: folder.time(hoursAgo: 4))
            #expect(try folder.look().conditions.map(\.kind) == [.drillFailed])
            try FileManager.default.removeItem(atPath: "\(folder.path)/\(archive)")
            #expect(try folder.look().apps[0].failedDrills.isEmpty)
        }
    }
}
