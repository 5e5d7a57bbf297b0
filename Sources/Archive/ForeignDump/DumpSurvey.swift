import PGKeepModel

/// Finds out what a dump of another tool holds, and whether all of it is there.
struct DumpSurvey: DumpVisitor {
    private var found: [DumpSection] = []
    private var tokens: [String] = []
    private var tokenProblem: String?
    private var isComplete = false
    private var isCluster = false
    private var isOfPGKeep = false

    /// What stands before the `\connect` it belongs to.
    private var pending = DumpSection()
    private var current: Int?
    private var inHead = true
    private var atTop = true
    private var searchPath = SearchPath()
    private var place: (section: Int, table: Int)?
    private var tally = RowTally()
    private var places: [Int: [QualifiedName: Int]] = [:]

    /// Where databases are named, what stands outside of them is the cluster's or their own head.
    var sections: [DumpSection] {
        let named = found.filter { $0.database != nil }
        return named.isEmpty ? found : named
    }

    /// What shows that the dump is not whole.
    var problems: [String] {
        var problems: [String] = []
        if isOfPGKeep { problems.append("it is an archive of pgkeep whose footer is missing or damaged") }
        if !isComplete { problems.append("its closing line is missing: it was cut short, or no pg_dump wrote it") }
        if let tokenProblem { problems.append(tokenProblem) }
        if !tokens.isEmpty { problems.append("its \\restrict has no \\unrestrict: it was cut short") }
        return problems
    }

    mutating func line(_ line: UnsafeRawBufferPointer, _ role: LineRole) throws {
        switch role {
        case .restrict(let token): tokens.append(token)
        case .unrestrict(let token):
            if tokens.popLast() != token { tokenProblem = "its \\restrict and \\unrestrict don't match" }
        case .connect(let database): connect(to: database)
        case .complete:
            isComplete = !isCluster || line.starts(with: "-- PostgreSQL database cluster".utf8)
            // An empty database's dump is one all the same.
            if !isCluster { _ = section() }
            inHead = true
            pending = DumpSection()
        case .header: inHead = false
        case .text: text(line)
        case .rule, .sessionState: break
        }
    }

    mutating func statementClosed() { atTop = true }

    mutating func copyBegan(_ target: CopyTarget) throws {
        isComplete = false
        atTop = true
        let target = searchPath.resolve(target)
        let section = section()
        if let known = places[section]?[target.name] {
            place = (section, known)
        } else {
            found[section].tables.append(TableSummary(table: target.table, columns: target.columns))
            let table = found[section].tables.count - 1
            place = (section, table)
            places[section, default: [:]][target.name] = table
        }
        tally = RowTally()
    }

    mutating func rows(_ block: UnsafeRawBufferPointer) throws { tally.add(lines: block) }

    mutating func copyEnded() throws {
        guard let place else { return }
        found[place.section].tables[place.table].rows += tally.rows
        found[place.section].tables[place.table].hash &+= tally.hash
        found[place.section].tables[place.table].rawBytes += tally.bytes
    }

    private mutating func text(_ line: UnsafeRawBufferPointer) {
        let beginsStatement = atTop && !line.isBlankOrComment
        if inHead, line.starts(with: "-- ".utf8) { head(ServerText.decode(line)) }
        guard beginsStatement else { return }
        atTop = false
        isComplete = false
        if line.starts(with: "INSERT INTO ".utf8) {
            found[section()].hasInserts = true
        } else if line.starts(with: "SET ".utf8) || line.starts(with: "SELECT pg_catalog.set_config(".utf8) {
            setting(ServerText.decode(line))
        } else if line.starts(with: "CREATE DATABASE ".utf8) {
            pending.creation = DumpStatement.split(Array(line)).first.flatMap(DatabaseCreation.init)
        } else {
            _ = section()
        }
    }

    private mutating func head(_ line: String) {
        func value(_ prefix: String) -> String? {
            line.hasPrefix(prefix) ? String(line.dropFirst(prefix.count).dropLast()) : nil
        }
        if line.hasPrefix("-- PostgreSQL database cluster dump") { isCluster = true }
        if line.hasPrefix(ArchiveMarker.prefix) { isOfPGKeep = true }
        pending.serverVersion = value("-- Dumped from database version ") ?? pending.serverVersion
        pending.dumpVersion = value("-- Dumped by pg_dump version ") ?? pending.dumpVersion
        if let current, found[current].serverVersion == nil {
            found[current].serverVersion = pending.serverVersion
            found[current].dumpVersion = pending.dumpVersion
        }
    }

    private mutating func setting(_ line: String) {
        searchPath.heed(line)
        guard line.hasPrefix("SET client_encoding = '") else { return }
        let encoding = String(line.dropFirst("SET client_encoding = '".count).prefix { $0 != "'" })
        pending.clientEncoding = encoding
        if let current { found[current].clientEncoding = found[current].clientEncoding ?? encoding }
    }

    private mutating func connect(to database: String) {
        searchPath = SearchPath()
        if let known = found.firstIndex(where: { $0.database == database }) {
            current = known
            return
        }
        var section = pending
        section.database = database
        if section.creation?.name != database { section.creation = nil }
        found.append(section)
        current = found.count - 1
        inHead = true
    }

    /// The section that statements now belong to; one without a name where there was no `\connect`.
    private mutating func section() -> Int {
        if let current { return current }
        found.append(pending)
        current = found.count - 1
        return found.count - 1
    }
}

extension UnsafeRawBufferPointer {
    /// Nothing but blanks, or a comment to its end.
    fileprivate var isBlankOrComment: Bool {
        guard let first = first(where: { $0 != .space && $0 != .tab && $0 != .newline && $0 != .carriageReturn }) else {
            return true
        }
        return first == .dash && starts(with: "--".utf8)
    }
}
