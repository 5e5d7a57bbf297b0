import PGKeepArchive
import PGKeepModel
import Synchronization

/// What a restore does not play: what it was asked to leave out, and what an ordinary role may not do anyway.
struct LeavingOut: Sendable, Equatable {
    /// `--no-owner`: everything belongs to the restoring role.
    var owners = false
    /// `--no-privileges`: nobody is granted anything.
    var privileges = false
    /// The restoring role is no superuser: what only one may do is left out, and told.
    var forbidden = false

    /// Nothing is left out, so that entries can be played as they are.
    var isEmpty: Bool { !owners && !privileges && !forbidden }

    /// Whether the statement is one that was asked to be left out.
    func isUnwanted(_ statement: DumpStatement) -> Bool {
        if owners, statement.begins(with: "ALTER"), statement.contains("OWNER TO") { return true }
        guard privileges else { return false }
        return ["GRANT", "REVOKE", "ALTER DEFAULT PRIVILEGES"].contains { statement.begins(with: $0) }
    }

    /// Whether the restore is whole without the statement, after the server refused it to an ordinary role.
    ///
    /// 42501 is the refusal itself; 42704 and 42883 are a role, language or function that is not there because it
    /// could not be created.
    func mayMiss(_ statement: DumpStatement, _ error: PGKeepError) -> Bool {
        guard forbidden, let state = error.sqlState, ["42501", "42704", "42883"].contains(state) else { return false }
        return LeavingOut.dispensable.contains { statement.begins(with: $0) }
    }

    /// Statements that no table's rows depend on, and that PostgreSQL reserves to superusers, or to owners of what an
    /// ordinary role doesn't own (manual: CREATE EVENT TRIGGER, CREATE PUBLICATION, CREATE LANGUAGE, COMMENT …).
    private static let dispensable = [
        "COMMENT ON", "SECURITY LABEL", "CREATE EVENT TRIGGER", "ALTER EVENT TRIGGER", "CREATE PUBLICATION",
        "ALTER PUBLICATION", "CREATE SUBSCRIPTION", "ALTER SUBSCRIPTION", "CREATE LANGUAGE",
        "CREATE TRUSTED LANGUAGE", "CREATE PROCEDURAL LANGUAGE", "CREATE TRUSTED PROCEDURAL LANGUAGE",
        "CREATE OR REPLACE PROCEDURAL LANGUAGE", "CREATE OR REPLACE TRUSTED PROCEDURAL LANGUAGE", "CREATE EXTENSION",
        "CREATE FUNCTION", "CREATE PROCEDURE", "CREATE AGGREGATE", "CREATE CAST", "CREATE TRANSFORM",
        "CREATE ACCESS METHOD", "CREATE OPERATOR CLASS", "CREATE OPERATOR FAMILY", "ALTER OPERATOR FAMILY",
        "CREATE TEXT SEARCH PARSER", "CREATE TEXT SEARCH TEMPLATE", "CREATE FOREIGN DATA WRAPPER", "CREATE SERVER",
        "CREATE USER MAPPING", "CREATE POLICY",
    ]
}

/// What was left out, from all the sessions of a restore.
final class LeftOut: Sendable {
    private let lines = Mutex<[String]>([])

    func add(_ statement: DumpStatement, _ error: PGKeepError) {
        lines.withLock { $0.append("\(statement.title): \(error.cause ?? error.message)") }
    }

    func add(_ warnings: [String]) { lines.withLock { $0 += warnings } }

    var all: [String] { lines.withLock { $0 } }
}
