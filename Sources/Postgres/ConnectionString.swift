import CLibPQ
import PGKeepModel

/// Where a database is and how to get in: everything libpq accepts, a URI or `key=value` words.
package struct ConnectionString: Sendable {
    /// libpq's options by name, those that were given.
    private(set) var options: [String: String]

    /// Reads the text as libpq does; what it doesn't accept is an error in libpq's words.
    package init(_ text: String) throws {
        var message: UnsafeMutablePointer<CChar>?
        guard let parsed = PQconninfoParse(text, &message) else {
            let cause = message.map { String(cString: $0).trimmed } ?? "out of memory"
            PQfreemem(message)
            throw PGKeepError(
                .settings, "DATABASE_URL can't be read", cause: ConnectionString.withoutSecrets(cause, of: text),
                hint: "postgresql://user:password@host:5432/database, with @ : / # % ? in the password written as "
                    + "%40 %3A %2F %23 %25 %3F")
        }
        defer { PQconninfoFree(parsed) }
        options = [:]
        for option in ConnectionString.list(parsed) { options[option.keyword] = option.value }
        // libpq looks at the ports only when it connects.
        let ports = (options["port"] ?? "").split(separator: ",").map { $0.trimmed }
        if let wrong = ports.first(where: { !(1...65_535).contains(Int($0) ?? 0) }) {
            throw PGKeepError(
                .settings, "DATABASE_URL can't be read", cause: "\(wrong) is no port",
                hint: "postgresql://user:password@host:5432/database")
        }
    }

    private init(options: [String: String]) { self.options = options }

    /// The same server and user, another database.
    package func database(_ name: String) -> ConnectionString {
        var options = self.options
        options["dbname"] = name
        return ConnectionString(options: options)
    }

    /// The same, all its sessions as another role, which the user must be a member of.
    package func role(_ name: String) -> ConnectionString {
        var options = self.options
        // Blanks and backslashes end or escape a word of `options`.
        let word = "-c role=\(name.escaping(["\\", " "], with: "\\"))"
        options["options"] = [options["options"], word].compactMap(\.self).joined(separator: " ")
        return ConnectionString(options: options)
    }

    /// The same as a connection resolved it: with what a service file and libpq's variables told, and of several
    /// hosts the one that answered.
    func resolved(by handle: OpaquePointer) -> ConnectionString {
        func text(_ value: UnsafeMutablePointer<CChar>?) -> String? { value.map { String(cString: $0) } }
        var options = self.options
        if let all = PQconninfo(handle) {
            for option in ConnectionString.list(all) where !option.value.isEmpty {
                options[option.keyword] = option.value
            }
            PQconninfoFree(all)
        }
        // It has told what it had to tell.
        options["service"] = nil
        options["host"] = text(PQhost(handle))
        options["hostaddr"] = options["hostaddr"] == nil ? nil : text(PQhostaddr(handle))
        options["port"] = text(PQport(handle))
        return ConnectionString(options: options)
    }

    /// The database's name as given here.
    package var databaseName: String? { options["dbname"].flatMap { $0.isEmpty ? nil : $0 } }

    /// The database's name as given here, by a service file or by PGDATABASE; nil if libpq would take the user's name.
    package func resolvedDatabaseName() throws -> String? {
        if let databaseName { return databaseName }
        // libpq reads service files for a connection only. This one goes nowhere, and its user tells when there was
        // no name.
        let nobody = "pgkeep-nobody"
        var options = self.options.merging(["host": "/nowhere", "user": nobody]) { $1 }
        options["hostaddr"] = nil
        options["dbname"] = nil
        let handle = Connection.start(options)
        defer { PQfinish(handle) }
        guard let name = PQdb(handle).map({ String(cString: $0) }), !name.isEmpty else {
            throw PGKeepError(
                .settings, "DATABASE_URL can't be resolved", cause: String(cString: PQerrorMessage(handle)).trimmed,
                hint: "name the database's server: postgresql://user@host:5432/database; services stand in "
                    + "~/.pg_service.conf or the file that PGSERVICEFILE names")
        }
        return name == nobody ? nil : name
    }

    /// As `key='value'` words.
    package var text: String {
        options.sorted { $0.key < $1.key }.map { key, value in
            "\(key)=\(ConnectionString.quoted(value))"
        }.joined(separator: " ")
    }

    /// In single quotes, as a value of a `key='value'` word.
    static func quoted(_ value: String) -> String { "'\(value.escaping(["\\", "'"], with: "\\"))'" }

    /// The folder of the Unix socket, where the host is one.
    package var folderOfSocket: String { options["host"] ?? "" }

    struct Option {
        var keyword: String
        var environmentName: String?
        var value: String
    }

    static func list(_ first: UnsafeMutablePointer<PQconninfoOption>) -> [Option] {
        var found: [Option] = []
        var next = first
        while let keyword = next.pointee.keyword {
            if let value = next.pointee.val {
                found.append(
                    Option(
                        keyword: String(cString: keyword),
                        environmentName: next.pointee.envvar.map { String(cString: $0) },
                        value: String(cString: value)))
            }
            next += 1
        }
        return found
    }

    /// libpq repeats the text it can't read; a password in it must not reach a log.
    private static func withoutSecrets(_ cause: String, of text: String) -> String {
        // A misspelt name is worth repeating, where it can't be a piece of a password.
        let isName = ["invalid URI query parameter", "invalid connection option"].contains { cause.hasPrefix($0) }
        if isName, !text.contains("@"), !text.contains("password") { return cause }
        guard let quote = cause.firstIndex(of: "\"") else { return cause }
        return String(cause[..<quote]).trimmed
    }
}

extension StringProtocol {
    /// Without the blanks and newlines around it.
    package var trimmed: String {
        var rest = Substring(self)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest.drop(while: \.isWhitespace))
    }
}
