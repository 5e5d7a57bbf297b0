/// What rclone's remote-control commands are asked with; each takes some of these.
struct RcloneQuestion: Encodable {
    var fs: String?
    var remote: String?
    var srcFs: String?
    var srcRemote: String?
    var dstFs: String?
    var dstRemote: String?
    var opt: Listing?
    /// rclone's options for this question alone.
    var config: Options?
    /// Answers at once, with a job to look after.
    var isJob: Bool?
    /// Under which the bytes of a job are counted.
    var group: String?
    var job: Int?
    /// What a backend's own command is called.
    var command: String?
    /// Only the totals of a group.
    var short: Bool?

    struct Listing: Encodable {
        var metadata = false
        var showHash = false
        var noMimeType = true
        var filesOnly = true
        var noModTime = false
    }

    struct Options: Encodable {
        /// When the store got it, which a listing tells, not what the uploader said, which is a question for each file.
        var useServerModTime: Bool?
        /// Whatever is there is replaced.
        var ignoreTimes: Bool?
        /// How often a part of the work is tried.
        var lowLevelRetries: Int?

        private enum CodingKeys: String, CodingKey {
            case useServerModTime = "UseServerModTime"
            case ignoreTimes = "IgnoreTimes"
            case lowLevelRetries = "LowLevelRetries"
        }
    }

    private enum CodingKeys: String, CodingKey {
        case fs, remote, srcFs, srcRemote, dstFs, dstRemote, opt, group, command, short
        case config = "_config"
        case isJob = "_async"
        case groupOfJob = "_group"
        case job = "jobid"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(fs, forKey: .fs)
        try container.encodeIfPresent(remote, forKey: .remote)
        try container.encodeIfPresent(srcFs, forKey: .srcFs)
        try container.encodeIfPresent(srcRemote, forKey: .srcRemote)
        try container.encodeIfPresent(dstFs, forKey: .dstFs)
        try container.encodeIfPresent(dstRemote, forKey: .dstRemote)
        try container.encodeIfPresent(opt, forKey: .opt)
        try container.encodeIfPresent(config, forKey: .config)
        try container.encodeIfPresent(isJob, forKey: .isJob)
        // A job is given its group, the counters are asked for one.
        try container.encodeIfPresent(group, forKey: isJob == true ? .groupOfJob : .group)
        try container.encodeIfPresent(job, forKey: .job)
        try container.encodeIfPresent(command, forKey: .command)
        try container.encodeIfPresent(short, forKey: .short)
    }
}
