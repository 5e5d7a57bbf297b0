import Foundation
package import PGKeepModel

extension RcloneVault {
    package func put(
        file path: String, as name: String, lock: ObjectLock?, progress: @escaping @Sendable (Int64) -> Void,
        check: @escaping @Sendable () throws -> Void
    ) throws {
        try find()
        guard try !exists(name) else { throw PGKeepError(.failed, "\(name) exists already in \(address)") }
        guard let lock else { return try upload(path, as: name, options: [], progress: progress, check: check) }
        let options = try locking(lock)
        do {
            try upload(path, as: name, options: options, progress: progress, check: check)
        } catch let error as PGKeepError where error.cause?.contains("InvalidRequest") == true {
            // That is all a store says of a lock where there can be none.
            throw unlockable(error)
        }
    }

    /// Brings a file there: straight under its name where a place shows nothing before it is whole, else by a temporary one.
    func upload(
        _ path: String, as name: String, options: [(String, String)], progress: @Sendable (Int64) -> Void,
        check: @Sendable () throws -> Void
    ) throws {
        try find()
        let features = try features()
        let isWholeAtOnce = features.isBucketBased || features.hasPartialUploads || !features.canMove
        let first = isWholeAtOnce ? name : "\(name).\(RcloneVault.mark()).partial"
        let source = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        let options = options + (isS3 ? try RcloneVault.parts(of: path) : [])
        do {
            try rclone.kept { _ in
                try run(
                    RcloneQuestion(
                        srcFs: source.deletingLastPathComponent().path, srcRemote: source.lastPathComponent,
                        dstFs: remote.with(options), dstRemote: first,
                        config: .init(ignoreTimes: true, lowLevelRetries: 4)),
                    what: "could not copy \(name) to \(address)", progress, check)
            }
            if first != name {
                let path = remote.with()
                try telling("could not name \(name) in \(address)") {
                    _ = try rclone.call(
                        "operations/movefile",
                        RcloneQuestion(srcFs: path, srcRemote: first, dstFs: path, dstRemote: name))
                }
            }
        } catch {
            // What went wrong first is what matters; the rest is debris, which is removed as such.
            if first != name { try? remove(first) }
            throw error
        }
    }

    /// Runs a copy as a job: it can be looked after, and stopped.
    private func run(
        _ question: RcloneQuestion, what: String, _ progress: (Int64) -> Void, _ check: () throws -> Void
    ) throws {
        var question = question
        let group = "pgkeep/\(UUID().uuidString)"
        question.isJob = true
        question.group = group
        let job = try telling(what) {
            try rclone.call("operations/copyfile", question, as: RcloneAnswer.Job.self).jobid
        }
        // Without its counters it is the same job.
        defer { _ = try? rclone.call("core/stats-delete", RcloneQuestion(group: group)) }
        var told: Int64 = 0
        func tell() throws {
            let bytes = try rclone.call(
                "core/stats", RcloneQuestion(group: group, short: true), as: RcloneAnswer.Stats.self
            ).bytes
            if bytes > told { progress(bytes - told) }
            told = max(told, bytes)
        }
        var pause: UInt32 = 2_000
        while true {
            let status = try telling(what) { try self.status(of: job) }
            try telling(what) { try tell() }
            if status.finished {
                guard status.success else {
                    throw failure.error(what, RcloneRefusal(status: 500, message: status.error))
                }
                return
            }
            do {
                try check()
            } catch {
                // An rclone that can't stop it any more has stopped itself.
                try? stop(job)
                throw error
            }
            // rclone tells nobody when a job is done.
            usleep(pause)
            pause = min(pause * 2, 200_000)
        }
    }

    private func status(of job: Int) throws -> RcloneAnswer.JobStatus {
        try rclone.call("job/status", RcloneQuestion(job: job), as: RcloneAnswer.JobStatus.self)
    }

    /// Stops a job and waits until it has tidied up.
    private func stop(_ job: Int) throws {
        _ = try rclone.call("job/stop", RcloneQuestion(job: job))
        let start = ContinuousClock.now
        while try !status(of: job).finished, start.duration(to: .now) < .seconds(30) {
            // rclone tells nobody when a job is done.
            usleep(20_000)
        }
    }

    /// So big that 9,000 parts always do: stores take 10,000 at most. A hash of the whole, which rclone would keep with
    /// it, would be our word, not the store's, and costs a second reading of the file; each part has its own.
    static func parts(of path: String) throws -> [(String, String)] {
        let bytes = try FileSource(path).byteCount
        let mebibytes = max(16, (bytes / 9_000 + (1 << 20) - 1) >> 20)
        return [
            ("chunk_size", "\(mebibytes)Mi"), ("upload_cutoff", "\(singlePart >> 20)Mi"), ("disable_checksum", "true"),
        ]
    }

    /// Up to here a file is one part, whose hash the store tells.
    static let singlePart: Int64 = 200 << 20

    var isS3: Bool {
        if case .s3 = address.place { true } else { false }
    }

    private static func mark() -> String {
        let text = String(UInt32.random(in: 0...UInt32.max), radix: 16)
        return String(repeating: "0", count: 8 - text.count) + text
    }
}
