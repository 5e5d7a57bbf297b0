package import PGKeepModel

/// Where sequences stand.
package enum Sequences {
    /// The state of one.
    package struct State: Sendable, Hashable, CustomStringConvertible {
        package var value: Int64
        /// Whether that value was handed out already.
        package var isCalled: Bool

        package init(value: Int64, isCalled: Bool) {
            self.value = value
            self.isCalled = isCalled
        }

        package var description: String { isCalled ? "\(value)" : "\(value), not used yet" }
    }

    /// Every sequence of the database; those that pg_dump would not dump are `dumped: false`.
    package static func states(_ connection: Connection) throws -> [QualifiedName: (state: State, dumped: Bool)] {
        let rows = try connection.query(
            """
            SELECT n.nspname, c.relname, \(TableList.dumped)
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'S' AND c.relpersistence <> 't' ORDER BY 1, 2
            """)
        let names = rows.compactMap { row in
            row[0].flatMap { schema in row[1].map { (QualifiedName(schema: schema, name: $0), row[2] == "t") } }
        }
        var states: [QualifiedName: (state: State, dumped: Bool)] = [:]
        for start in stride(from: 0, to: names.count, by: 200) {
            let some = names[start..<min(start + 200, names.count)]
            let sql = some.enumerated().map {
                "SELECT \($0), last_value, is_called FROM \($1.0.quoted)"
            }.joined(separator: " UNION ALL ")
            for row in try connection.query(sql) {
                guard let place = row[0].flatMap({ Int($0) }), let value = row[1].flatMap({ Int64($0) }) else {
                    continue
                }
                let (name, dumped) = some[start + place]
                states[name] = (State(value: value, isCalled: row[2] == "t"), dumped)
            }
        }
        return states
    }
}
