import Foundation
import PGKeepModel
import Testing

@testable import PGKeep

@Suite struct AnomaliesTests {
    @Test("Backups that are as usual, or grow a little, are nothing to tell")
    func usual() {
        #expect(find(.shop(), Array(repeating: .shop(), count: 10)).isEmpty)
        #expect(find(.shop(orders: 6000), [.shop(), .shop(orders: 4000), .shop()]).isEmpty)
    }

    @Test("Of fewer than three backups nothing is told, unless one of them was accepted")
    func littleHistory() {
        let few: [BackupFigures] = [.shop(), .shop()]
        #expect(find(.shop(orders: 10), few).isEmpty)
        #expect(find(.shop(orders: 10), few + [.shop()]).contains { $0.kind == .rows })
        #expect(find(.shop(orders: 10), [.shop().accepted]).contains { $0.kind == .rows })
        #expect(find(.shop(), [.shop().accepted]).isEmpty)
    }

    @Test("A database that lost half or more of its rows has collapsed, and the sentence has the numbers")
    func rows() throws {
        let found = find(.shop(orders: 1900), history(10))
        let rows = try #require(found.first { $0.kind == .rows })
        #expect(rows.isCollapse)
        #expect(rows.message == "it holds 2,900 rows in all, 48 % of the usual 6,000 (median of 10 backups)")
        let table = try #require(found.first { $0.kind == .tableRows })
        #expect(!table.isCollapse && table.subject == "public.orders")
        #expect(table.message == "public.orders has 1,900 rows, 38 % of the usual 5,000 (median of 10 backups)")
    }

    @Test("An archive of half the size has collapsed; one compressed otherwise is compared by its plain SQL")
    func size() throws {
        let small = BackupFigures.shop().with { $0.bytes = 400_000 }
        let found = find(small, history(3))
        #expect(found.map(\.kind) == [.size])
        #expect(
            found[0].message == "the archive has 390.6 KB, 40 % of the usual 976.6 KB (median of 3 backups)")
        let zstd = small.with { $0.compression = .zstd(3) }
        #expect(find(zstd, history(10)).isEmpty)
        let less = zstd.with { $0.rawBytes = 1_200_000 }
        #expect(find(less, history(10)).first?.message.hasPrefix("it holds 1.1 MB of plain SQL, 40 % ") == true)
    }

    @Test("A table that is rotated, emptied or dropped is told and freezes nothing")
    func noCollapse() throws {
        let staged = BackupFigures.shop().with {
            $0.series.append(.init(name: "public.staging", tables: 1, rows: 900, rawBytes: 1000, storedBytes: 300))
            $0.rows += 900
        }
        let emptied = BackupFigures.shop().with { $0.series.append(.init(name: "public.staging", tables: 1)) }
        let told = find(emptied, [staged, staged, staged])
        #expect(told.map(\.kind) == [.tableRows] && !told.contains { $0.isCollapse })
        // It was as low before: that is how this table is.
        #expect(find(emptied, [staged, emptied, staged, staged, staged]).isEmpty)
        let gone = find(.shop(), [staged, staged, staged])
        #expect(gone.map(\.kind) == [.tableGone])
        #expect(gone[0].message == "public.staging, with usually 900 rows (median of 3 backups), is gone")
        // Once is enough.
        #expect(find(.shop(), [.shop(), staged, staged, staged]).isEmpty)
    }

    @Test("Partitions that come and go under numbered names are one series")
    func partitions() {
        func month(_ names: [String]) -> BackupFigures { figures(names.map { ($0, 2000) }) }
        let past = ["09", "10", "11"].map { month(["public.log_2026\($0)", "public.log_2025\($0)"]) }
        #expect(find(month(["public.log_202612", "public.log_202512"]), past).isEmpty)
        #expect(past[0].series.map(\.name) == ["public.log_#"] && past[0].series[0].tables == 2)
        #expect(find(month(["public.other"]), past).contains { $0.subject == "public.log_#" })
    }

    @Test("A schema that lost tables is told with their names")
    func schemas() throws {
        let before = figures([("billing.a", 10), ("billing.b", 10), ("billing.c", 10), ("public.x", 9)])
        let now = figures([("billing.a", 10), ("public.x", 9)])
        let found = find(now, [before, before, before])
        #expect(found.map(\.kind) == [.tablesLost] && found[0].subject == "billing")
        #expect(
            found[0].message
                == "schema billing has 1 table, before it had 3: without billing.b, billing.c")
        #expect(find(now, [now, before, before]).isEmpty)
    }

    @Test("Contents that hardly compress any more are the mark of encryption, in hexadecimal digits too")
    func compressibility() throws {
        let random = BackupFigures.shop().with { $0.bytes = 2_300_000 }
        let found = find(random, history(10))
        #expect(found.map(\.kind) == [.compressibility] && found[0].isCollapse)
        #expect(
            found[0].message
                == "its contents compress 1.3 : 1, usually 3.0 : 1 (median of 10 backups), as encrypted ones would")
        // Twice the bytes that are half as random: 1.9 : 1.
        let hexadecimal = BackupFigures.shop().with {
            $0.rawBytes = 6_000_000
            $0.bytes = 3_100_000
        }
        #expect(find(hexadecimal, history(10)).map(\.kind) == [.compressibility])
        // Twice the rows are twice the room, and no encryption.
        let twice = BackupFigures.shop().with {
            $0.rawBytes = 6_000_000
            $0.bytes = 2_000_000
            $0.rows = 12_000
        }
        #expect(find(twice, history(10)).isEmpty)
    }

    @Test("One table's rows that hardly compress any more are told, and freeze nothing")
    func tableCompressibility() throws {
        let encrypted = BackupFigures.shop().with { $0.series[0].storedBytes = 1_900_000 }
        let found = find(encrypted, history(4))
        #expect(found.map(\.kind) == [.tableCompressibility])
        #expect(found[0].message.hasPrefix("the rows of public.orders compress 1.3 : 1, usually 4.2 : 1 "))
        let other = encrypted.with { $0.compression = .gzip(6) }
        #expect(find(other, history(4)).isEmpty)
    }

    @Test("Small and empty databases and tables come and go as they like")
    func small() {
        let empty = figures([])
        #expect(find(empty, [empty, empty, empty]).isEmpty)
        let tiny = figures([("public.t", 99)]).with { $0.rawBytes = 60_000 }
        #expect(!find(empty, [tiny, tiny, tiny]).contains { $0.isCollapse })
    }

    @Test("Growth to three times the size is told; it is no loss")
    func growth() {
        let big = BackupFigures.shop().with {
            $0.bytes = 40_000_000
            $0.rawBytes = 120_000_000
            $0.rows = 240_000
        }
        let found = find(big, history(3))
        #expect(found.map(\.kind) == [.growth] && !found[0].isCollapse)
    }

    @Test("What befalls a thousand tables is told of the largest, and how many more there are")
    func many() {
        func tables(_ rows: Int64) -> BackupFigures {
            figures((0..<500).map { ("public.\(letters($0))", rows + 1000 - Int64($0)) })
        }
        let found = find(tables(-900), [tables(0), tables(0), tables(0)]).filter { $0.kind == .tableRows }
        #expect(found.count == Anomalies.toldOneByOne + 1)
        #expect(found.last?.message == "480 more findings of this kind")
        func schemas(_ tables: [String]) -> BackupFigures {
            figures((0..<30).flatMap { number in tables.map { ("s\(letters(number)).\($0)", 1) } })
        }
        let before = schemas(["a", "b"])
        let lost = find(schemas(["a"]), [before, before, before])
        #expect(lost.count == Anomalies.toldOneByOne + 1 && lost.allSatisfy { $0.kind == .tablesLost })
    }

    @Test("Figures are read back from a journal's line as they were written")
    func journalLine() throws {
        let figures = figures([("public.\"a b\"", 5), ("\"x y\".\"n\n1\"", 7)])
        var details = figures.details
        details["app"] = "shop"
        let line = JournalLine(
            seq: 1, at: .init(timeIntervalSince1970: 0), event: "backup", archive: figures.archive, outcome: "ok",
            details: details, recovered: nil, prev: JournalLine.noPrevious)
        let fields = try #require(JournalFields(Array(line.text().utf8)[...]))
        #expect(BackupFigures(fields) == figures)
        #expect(fields.text("app") == "shop" && fields.text("archive") == figures.archive)
    }

    @Test("The line of a database of ten thousand tables stays below a hundred kilobytes")
    func longLine() {
        let figures = figures((0..<10_000).map { ("schema_\(letters($0 / 10)).table_\(letters($0))", Int64($0)) })
        let line = JournalLine(
            seq: 1, at: .init(timeIntervalSince1970: 0), event: "backup", archive: figures.archive, outcome: "ok",
            details: figures.details, recovered: nil, prev: JournalLine.noPrevious)
        #expect(figures.series.count == 10_000)
        #expect(line.text().utf8.count < 100_000)
    }
}

private func find(_ backup: BackupFigures, _ history: [BackupFigures]) -> [Anomaly] {
    Anomalies.find(in: backup, history: history)
}

private func history(_ count: Int) -> [BackupFigures] { Array(repeating: .shop(), count: count) }

/// A name without digits.
private func letters(_ number: Int) -> String {
    String(String(number).unicodeScalars.map { Character(UnicodeScalar(UInt8($0.value) + 49)) })
}

/// Of tables and their rows, each a hundred bytes long.
private func figures(_ tables: [(String, Int64)]) -> BackupFigures {
    let index = ArchiveIndex(
        header: .sample,
        tables: tables.map {
            TableSummary(
                table: $0.0, columns: "id", rows: max(0, $0.1), rawBytes: max(0, $0.1) * 100,
                storedBytes: max(0, $0.1) * 30)
        },
        units: [])
    return BackupFigures(archive: "shop_daily_backup_2026-01-27T02-00-00.sql.gz", bytes: 1000, of: index)
}

extension BackupFigures {
    /// A million bytes for three million of plain SQL.
    static func shop(orders: Int64 = 5000) -> BackupFigures {
        BackupFigures(
            archive: "shop_daily_backup_2026-01-27T02-00-00.sql.gz", compression: .gzip(1), bytes: 1_000_000,
            rawBytes: 3_000_000, rows: orders + 1000,
            series: [
                Series(name: "public.orders", tables: 1, rows: orders, rawBytes: 2_500_000, storedBytes: 600_000),
                Series(name: "public.users", tables: 1, rows: 1000, rawBytes: 400_000, storedBytes: 130_000),
            ], schemas: ["public": 2])
    }

    var accepted: BackupFigures { with { $0.isAccepted = true } }

    func with(_ change: (inout BackupFigures) -> Void) -> BackupFigures {
        var changed = self
        change(&changed)
        return changed
    }
}

extension ArchiveHeader {
    static let sample = ArchiveHeader(
        app: "shop", tier: .daily, createdAt: .init(timeIntervalSince1970: 1_769_479_200), compression: .gzip(1),
        pgkeepVersion: "0.1.0",
        server: ServerFacts(versionNumber: 150_020, version: "15.20", systemIdentifier: nil, isStandby: false),
        pgDumpVersion: "15.20", snapshot: "1",
        database: DatabaseProperties(
            name: "shop", owner: "postgres", encoding: "UTF8", collate: "C", characterType: "C", localeProvider: nil,
            locale: nil, icuRules: nil, connectionLimit: -1, comment: nil, grants: nil, settings: []),
        preamble: "", journalHead: nil)
}
