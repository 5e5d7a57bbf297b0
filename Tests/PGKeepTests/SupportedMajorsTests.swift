import PGKeepModel
import PGKeepPostgres
import Testing

@Suite struct SupportedMajorsTests {
    @Test("A server of before 14 is refused, with what can be done instead", arguments: [9, 12, 13])
    func older(major: Int) {
        #expect {
            try SupportedMajors.refuseOlder(major, place: "db1:5432")
        } throws: { error in
            guard let error = error as? PGKeepError else { return false }
            return error.code == .toolMissing && error.message.contains("PostgreSQL \(major)")
                && error.hint?.contains("pg_dump") == true
        }
    }

    @Test("14 to 18 are taken without a word, a newer server with a warning")
    func others() throws {
        for major in 14...18 {
            try SupportedMajors.refuseOlder(major, place: "db1:5432")
            #expect(SupportedMajors.warning(of: major) == nil)
        }
        try SupportedMajors.refuseOlder(19, place: "db1:5432")
        #expect(SupportedMajors.warning(of: 19)?.contains("PostgreSQL 19") == true)
    }
}
