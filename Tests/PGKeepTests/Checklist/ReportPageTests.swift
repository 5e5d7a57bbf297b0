import Foundation
import PGKeepModel
import Testing

@testable import PGKeep

/// The report in a real browser.
@Suite(
    .enabled("PGKEEP_TEST_BROWSER is not set; run scripts/test") {
        let environment = ProcessInfo.processInfo.environment
        return environment["PGKEEP_TEST_BROWSER"] != nil || environment["CI"] == "true"
    })
struct ReportPageTests {
    /// What the browser tells.
    private struct Seen: Decodable {
        struct Chart: Decodable {
            var title: String
            var points: Int
            var width: Double
            var height: Double
        }
        var requests: [String]
        var errors: [String]
        var title: String
        var rows: [String]
        var failed: Int
        var charts: [Chart]
        var outside: Int
        var jumped: String
        var controls: Int
        var overflow1100: Double
        var overflow400: Double
        var pdf: String
    }

    @Test("The year's report is one page that fetches nothing, shows every item and every chart, and prints")
    func year() async throws {
        var year = try KeptYear(from: Date(timeIntervalSince1970: 1_767_225_600), days: 364.5)
        for quarter in 1...4 {
            let at = Date(timeIntervalSince1970: 1_767_225_600 + Double(quarter) * 91 * 86_400)
            year.append(.drill, archive: "a", at: at, ["rtoSeconds": .number(Double(30 + quarter))])
        }
        let nasty = "<script>document.title='taken'</script>&\"'"
        let evidence = year.evidence(at: Date(timeIntervalSince1970: 1_767_225_600 + 364.5 * 86_400)) {
            $0.drill = .failed(archive: nasty, reason: nasty)
        }
        let report = ChecklistReport(.year, evidence, host: nasty)
        let folder = FileManager.default.temporaryDirectory.appending(path: "pgkeep-report-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let paths = try report.write(to: folder)
        #expect(paths.map { ($0 as NSString).pathExtension } == ["html", "json"])
        let seen = try await look(at: paths[0], folder)

        #expect(seen.requests == ["file://\(paths[0])"] && seen.errors.isEmpty)
        #expect(seen.title == "Yearly checklist: shop")
        #expect(seen.rows.count == ChecklistItem.Kind.allCases.count && seen.failed == 1)
        #expect(seen.rows.contains { $0.contains(nasty) })
        #expect(seen.charts.map(\.title).contains("Time to restore, in drills") && seen.charts.count == 5)
        #expect(seen.charts.allSatisfy { $0.width > 500 && $0.height > 100 && $0.points > 3 })
        #expect(seen.outside == 0)
        #expect(seen.jumped == ChecklistItem.Kind.allCases.last?.rawValue)
        #expect(seen.controls == ChecklistControls.all.count)
        #expect(seen.overflow1100 <= 0 && seen.overflow400 <= 0)
        #expect(seen.pdf == "%PDF-")

        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        let read = try decoder.decode(ChecklistReport.self, from: Data(contentsOf: URL(filePath: paths[1])))
        #expect(read.items == report.items && read.figures.backups.count == report.figures.backups.count)
    }

    private func look(at page: String, _ folder: String) async throws -> Seen {
        let programs = try #require(ProcessInfo.processInfo.environment["PGKEEP_TEST_BROWSER"])
        let process = Process()
        process.executableURL = URL(filePath: "\(programs)/python3")
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/look_at_page.py")
        process.arguments = [script.standardizedFileURL.path, page, folder]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return try JSONDecoder().decode(Seen.self, from: data)
    }
}
