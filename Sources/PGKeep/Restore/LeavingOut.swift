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
    /// Another tool made the dump: it may speak of whole databases, and clear away what isn't there.
    var foreign = false

    /// Nothing is left out, so that entries can be played as they are.
    var isEmpty: Bool { !owners && !privileges && !forbidden && !foreign }

    /// Whether the statement is one that was asked to be left out.
    func isUnwanted(_ statement: DumpStatement) -> Bool {
        owners && statement.givesAway || privileges && statement.grants
            || foreign && LeavingOut.isBeyondDatabase(statement)
    }

    /// `--create` names the database it was taken from, which may well be the one in use.
    private static func isBeyondDatabase(_ statement: DumpStatement) -> Bool {
        beyondDatabase.contains { statement.begins(with: $0) }
            || statement.contains("ON DATABASE")
                && (statement.begins(with: "GRANT") || statement.begins(with: "REVOKE"))
            || statement.begins(with: "ALTER ROLE") && statement.contains("IN DATABASE")
    }

    private static let beyondDatabase = [
        "CREATE DATABASE", "ALTER DATABASE", "DROP DATABASE", "COMMENT ON DATABASE", "SECURITY LABEL ON DATABASE",
        "CREATE TABLESPACE", "ALTER TABLESPACE", "DROP TABLESPACE", "DROP ROLE", "UPDATE PG_CATALOG",
    ]

    /// Whether a refused statement of another tool's dump changes nothing in a database that is empty or older.
    ///
    /// `clearing` is what `--clean` writes before the first entry: it drops what isn't there yet, and makes the views
    /// of a circle hollow for that. It also makes the schema public again; a newer pg_dump sets a parameter that an
    /// older server doesn't know.
    func isHarmless(_ statement: DumpStatement, _ error: PGKeepError, clearing: Bool) -> Bool {
        guard foreign else { return false }
        switch error.sqlState {
        case "42P01", "42704", "42883", "3F000":
            return clearing && LeavingOut.isClearing(statement)
                || statement.begins(with: "SET TRANSACTION_TIMEOUT")
        case "42P06": return statement.begins(with: "CREATE SCHEMA PUBLIC")
        default: return false
        }
    }

    private static func isClearing(_ statement: DumpStatement) -> Bool {
        ["DROP", "ALTER", "CREATE OR REPLACE VIEW"].contains { statement.begins(with: $0) }
            || statement.begins(with: "SELECT") && statement.contains("LO_UNLINK")
    }

    /// Whether the statement must wait until all rows were read again: it hides them from an ordinary owner, and a
    /// materialized view and `--prove` would be refused.
    func mustWait(_ statement: DumpStatement) -> Bool {
        forbidden && statement.begins(with: "ALTER TABLE") && statement.contains("FORCE ROW LEVEL SECURITY")
    }

    /// Whether the restore is whole without the statement, after the server refused it; to an ordinary role, mostly.
    ///
    /// Refused outright, or because something is missing that could not be created itself. Whatever is left out,
    /// nothing is lost: rows, and the tables they are in, are not among it.
    func mayMiss(_ statement: DumpStatement, _ error: PGKeepError) -> Bool {
        guard let state = error.sqlState else { return false }
        // Without privileges nothing else needs the roles, and they may be missing.
        if privileges, state == "42704", statement.begins(with: "CREATE POLICY") { return true }
        guard forbidden else { return false }
        guard state == "42501" || LeavingOut.missing.contains(state) else { return false }
        // An owner or a grant that was not asked to be left out is a question for a person; but not one on something
        // that isn't there.
        if statement.givesAway || statement.grants { return LeavingOut.missingRelations.contains(state) }
        return LeavingOut.dispensable.contains { statement.begins(with: $0) } || statement.changesBehaviour
    }

    /// Undefined function, table, column, schema.
    private static let missingRelations: Set<String> = ["42883", "42P01", "42703", "3F000"]
    /// The same, and any other object: a language, a type, a server, a role.
    private static let missing = missingRelations.union(["42704"])

    /// Statements that no table's rows depend on.
    ///
    /// PostgreSQL reserves some to superusers, or to owners of what an ordinary role doesn't own (manual: CREATE EVENT
    /// TRIGGER, CREATE PUBLICATION, CREATE LANGUAGE, COMMENT …); others need what was left out before them. A table
    /// that needs it is refused itself then.
    private static let dispensable = [
        "COMMENT ON", "SECURITY LABEL", "CREATE EVENT TRIGGER", "ALTER EVENT TRIGGER", "CREATE PUBLICATION",
        "ALTER PUBLICATION", "CREATE SUBSCRIPTION", "ALTER SUBSCRIPTION", "CREATE LANGUAGE",
        "CREATE TRUSTED LANGUAGE", "CREATE PROCEDURAL LANGUAGE", "CREATE TRUSTED PROCEDURAL LANGUAGE",
        "CREATE OR REPLACE PROCEDURAL LANGUAGE", "CREATE OR REPLACE TRUSTED PROCEDURAL LANGUAGE", "CREATE EXTENSION",
        "CREATE FUNCTION", "CREATE PROCEDURE", "CREATE AGGREGATE", "CREATE CAST", "CREATE TRANSFORM", "CREATE TYPE",
        "CREATE OPERATOR", "ALTER OPERATOR", "CREATE ACCESS METHOD", "CREATE CONVERSION", "CREATE TEXT SEARCH",
        "ALTER TEXT SEARCH", "CREATE FOREIGN DATA WRAPPER", "CREATE SERVER", "CREATE USER MAPPING",
        "CREATE FOREIGN TABLE", "ALTER FOREIGN TABLE", "CREATE VIEW", "CREATE OR REPLACE VIEW",
        "CREATE MATERIALIZED VIEW", "REFRESH MATERIALIZED VIEW", "CREATE POLICY", "CREATE RULE", "CREATE TRIGGER",
        "CREATE CONSTRAINT TRIGGER", "CREATE INDEX", "CREATE UNIQUE INDEX", "ALTER INDEX", "CREATE STATISTICS",
        "ALTER STATISTICS", "CREATE DOMAIN",
    ]
}

extension DumpStatement {
    /// Gives something to an owner.
    var givesAway: Bool { begins(with: "ALTER") && contains("OWNER TO") }

    /// Grants, and what pg_dump wraps them in where another role than the owner made them.
    var grants: Bool {
        ["GRANT", "REVOKE", "ALTER DEFAULT PRIVILEGES", "SET SESSION AUTHORIZATION", "RESET SESSION AUTHORIZATION"]
            .contains { begins(with: $0) }
    }

    /// `ALTER TABLE … ENABLE ALWAYS TRIGGER` and its like, of a trigger that may not be there.
    fileprivate var changesBehaviour: Bool {
        begins(with: "ALTER TABLE")
            && ["TRIGGER", "RULE", "ATTACH PARTITION", "SET DEFAULT", "CLUSTER ON"].contains { contains($0) }
    }
}

/// What was left out, for good or until the end, from all the sessions of a restore.
final class LeftOut: Sendable {
    private let lines = Mutex<[String]>([])
    private let statements = Mutex<[DumpStatement]>([])

    func add(_ statement: DumpStatement, _ error: PGKeepError) {
        lines.withLock { $0.append("\(statement.title): \(error.cause ?? error.message)") }
    }

    func add(_ warnings: [String]) { lines.withLock { $0 += warnings } }

    var all: [String] { lines.withLock { $0 } }

    func postpone(_ statement: DumpStatement) { statements.withLock { $0.append(statement) } }

    var postponed: [DumpStatement] { statements.withLock { $0 } }
}
