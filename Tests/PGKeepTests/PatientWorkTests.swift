import Foundation
import PGKeep
import PGKeepModel
import Testing

@Suite("Work on what may hang")
struct PatientWorkTests {
    @Test("It is left to itself when patience is over; others are refused until it comes back")
    func hanging() async throws {
        let work = PatientWork(on: "the folder /mnt/nas", patience: .milliseconds(200))
        #expect(try await work.run("quick") { 7 } == 7)
        let gate = DispatchSemaphore(value: 0)
        let silence = await #expect(throws: PGKeepError.self) {
            try await work.run("hanging") { gate.wait() }
        }
        #expect(silence?.message == "the folder /mnt/nas has not answered for 200ms" && silence?.code == .unreachable)
        let refusal = await #expect(throws: PGKeepError.self) {
            try await work.run("next") { Issue.record("it was begun all the same") }
        }
        #expect(refusal?.message == "the folder /mnt/nas still does not answer" && refusal?.hint != nil)
        gate.signal()
        // The thread is back a moment later.
        for _ in 0..<1000 where (try? await work.run("again") { 8 }) != 8 {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(try await work.run("again") { 8 } == 8)
    }

    @Test("What fails is told as it is")
    func failing() async throws {
        let work = PatientWork(on: "the folder /mnt/nas")
        let failure = await #expect(throws: PGKeepError.self) {
            try await work.run("failing") { throw PGKeepError(.damaged, "it is damaged") }
        }
        #expect(failure?.code == .damaged)
    }
}
