import PGKeepArchive
import PGKeepModel

/// What to do about a statement, or about rows, that the server refused while a database was brought back.
enum RestoreHints {
    /// The error with the statement's name and a remedy; what lies outside of the SQL is left as it is.
    static func placed(_ error: PGKeepError, in statement: DumpStatement?) -> PGKeepError {
        guard error.code == .failed || error.code == .privileges else { return error }
        var error = error
        if let statement { error.message += " while restoring \(statement.title)" }
        error.hint = error.hint ?? hint(for: error.sqlState, statement)
        return error
    }

    private static func hint(for sqlState: String?, _ statement: DumpStatement?) -> String? {
        if let statement, statement.givesAway {
            return "pgkeep restore … --no-owner   (everything belongs to the restoring role)"
        }
        if let statement, statement.grants {
            return "pgkeep restore … --no-privileges   (nobody is granted anything)"
        }
        switch sqlState {
        // What PostgreSQL answers from 13 on, and before that or where the extension's library alone is missing.
        case "0A000", "58P01":
            guard let statement, let place = statement.place(of: "CREATE EXTENSION IF NOT EXISTS"),
                let name = statement.identifier(at: place)
            else { return nil }
            return
                "install the extension \(name) on the server's machine; its package: apt-cache search postgresql \(name)"
        case "22021":
            return "the text is not in the encoding that the dump declares: iconv -f LATIN1 -t UTF-8 OLD.sql > NEW.sql"
        case "22P05":
            return "the database's encoding lacks a character of the text: restore into a database in UTF8"
        default: return nil
        }
    }
}
