import PGKeepModel

/// What a `CREATE DATABASE` of a dump says: name, encoding and locale.
package struct DatabaseCreation: Sendable, Equatable {
    package var name: String
    package var encoding: String?
    package var collate: String?
    package var characterType: String?
    package var localeProvider: String?
    package var locale: String?

    /// nil if the statement is another.
    package init?(_ statement: DumpStatement) {
        guard statement.begins(with: "CREATE DATABASE"), statement.words.count > 2,
            let name = statement.words[2].identifier
        else { return nil }
        self.name = name
        /// What follows `KEY =`, without its quotes.
        func value(_ key: String) -> String? {
            guard let place = statement.place(of: key), place + 1 < statement.words.count,
                statement.words[place].text == "="
            else { return nil }
            let word = statement.words[place + 1]
            guard word.kind == .string else { return word.identifier }
            return ServerText.decode(statement.sql[word.range].dropFirst().dropLast()).replacing("''", with: "'")
        }
        encoding = value("ENCODING")
        localeProvider = value("LOCALE_PROVIDER")
        // Before PostgreSQL 15 LOCALE stands for both; a provider's own locale has its key since.
        let both = value("LOCALE")
        collate = value("LC_COLLATE") ?? both
        characterType = value("LC_CTYPE") ?? both
        locale = value("ICU_LOCALE") ?? value("BUILTIN_LOCALE")
    }
}
