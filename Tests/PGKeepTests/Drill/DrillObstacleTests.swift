import PGKeepModel
import Testing

@testable import PGKeep

@Suite("What keeps a drill from being held")
struct DrillObstacleTests {
    private func refusal(_ state: String?, _ cause: String) -> PGKeepError {
        var error = PGKeepError(.failed, "the server refused", cause: cause)
        error.sqlState = state
        return error
    }

    @Test(
        "What the server lacks is told as such, in whatever language it speaks",
        arguments: [
            ("0A000", "ICU is not supported in this build", true),
            ("58P01", "could not access file \"$libdir/rare\"", true),
            ("42704", "while restoring CREATE TABLE public.t: collation \"pg_catalog.de_DE\" does not exist", true),
            ("22023", "while restoring CREATE COLLATION public.de: could not create locale \"de_DE\"", true),
            ("XX000", "while restoring CREATE EXTENSION IF NOT EXISTS pg_cron WITH SCHEMA pg_catalog: nein", true),
            ("42704", "while restoring CREATE TABLE public.t: type \"public.missing\" does not exist", false),
            ("23505", "while restoring ALTER TABLE public.t ADD PRIMARY KEY (id): duplicate key", false),
        ])
    func lacking(state: String, cause: String, isOfServer: Bool) throws {
        let told = try #require(DrillObstacle.explained(refusal(state, cause), "a.sql.gz") as? PGKeepError)
        #expect((told.code == .toolMissing) == isOfServer)
        #expect(DrillFailure.isOfArchive(told) != isOfServer)
    }

    @Test("A server that has no room, is told to stop or fails says nothing against the archive")
    func ofServer() {
        for state in ["53200", "53300", "57P04", "58030", "08006"] {
            #expect(!DrillFailure.isOfArchive(refusal(state, "it failed")), "\(state)")
        }
        #expect(DrillFailure.isOfArchive(refusal("23503", "it failed")))
        #expect(DrillFailure.isOfArchive(PGKeepError(.damaged, "unit 3 is not whole")))
        #expect(!DrillFailure.isOfArchive(CancellationError()))
    }
}
