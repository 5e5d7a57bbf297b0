import Foundation
import PGKeepModel
import PGKeepPostgres

/// The databases a restore makes beside the real one, and how they are known again: by a comment, never by name.
enum SideDatabase {
    /// What the comment on such a database says.
    struct Note: Codable {
        enum Role: String, Codable { case restoring, before, drill }

        var pgkeep: Role
        /// The database it is, or was, to be.
        var database: String
        var at: Date
        /// The comment it had before.
        var comment: String?
    }

    /// `orders_before_20260127_020000`; of a long name as much as fits into 63 bytes.
    static func name(_ database: String, _ role: String, _ time: Date) -> String {
        let stamp = UTCTime(secondsSince1970: Int64(time.timeIntervalSince1970)).text().filter(\.isNumber)
        let suffix = "_\(role)_\(stamp.prefix(8))_\(stamp.suffix(6))"
        var base = database
        while base.utf8.count + suffix.utf8.count > 63 { base.removeLast() }
        return base + suffix
    }

    /// The name of a database to be kept aside; a second later than `now`, or more, where that name is taken.
    static func nameAside(_ database: String, _ now: Date, _ connection: Connection) throws -> String {
        var time = now
        while try Databases.exists(name(database, "before", time), connection) { time.addTimeInterval(1) }
        return name(database, "before", time)
    }

    /// What the comment on a database that is kept aside says, the one it has now included.
    static func noteKeepingAside(_ database: String, _ now: Date, _ connection: Connection) throws -> String {
        let literal = try connection.quote(literal: database)
        let comment = try connection.value(
            "SELECT pg_catalog.shobj_description(oid, 'pg_database') FROM pg_catalog.pg_database "
                + "WHERE datname = \(literal)")
        return try text(Note(pgkeep: .before, database: database, at: now, comment: comment))
    }

    static func text(_ note: Note) throws -> String {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.sortedKeys]
        return String(decoding: try encoder.encode(note), as: UTF8.self)
    }

    /// Every database on the server with such a note, the newest first.
    static func all(_ connection: Connection) throws -> [(name: String, note: Note)] {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return try Databases.comments(connection)
            .compactMap { name, comment in
                // Any other comment is somebody else's.
                guard comment.hasPrefix("{"), let note = try? decoder.decode(Note.self, from: Data(comment.utf8)) else {
                    return nil
                }
                return (name, note)
            }
            // The note's time has whole seconds; the names of one second differ in the order they were given.
            .sorted { ($0.note.at, $0.name) > ($1.note.at, $1.name) }
    }
}
