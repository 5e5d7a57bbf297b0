import Foundation
import PGKeepModel

/// What rclone's remote-control commands answer.
enum RcloneAnswer {
    /// Of what nothing is needed.
    struct Done: Decodable {}

    struct Version: Decodable {
        var decomposed: [Int]
    }

    struct List: Decodable {
        var list: [Item]
    }

    struct Stat: Decodable {
        var item: Item?
    }

    struct Job: Decodable {
        var jobid: Int
    }

    struct JobStatus: Decodable {
        var finished: Bool
        var success: Bool
        var error: String
    }

    struct Stats: Decodable {
        var bytes: Int64
    }

    struct About: Decodable {
        var free: Int64?
    }

    /// What a remote can do.
    struct Facts: Decodable {
        struct Features: Decodable {
            var isBucketBased: Bool
            var hasPartialUploads: Bool
            var canMove: Bool
            var canTellSpace: Bool

            private enum CodingKeys: String, CodingKey {
                case isBucketBased = "BucketBased"
                case hasPartialUploads = "PartialUploads"
                case canMove = "Move"
                case canTellSpace = "About"
            }
        }
        var features: Features

        private enum CodingKeys: String, CodingKey {
            case features = "Features"
        }
    }

    struct Item: Decodable {
        var name: String
        var bytes: Int64
        var modified: String
        var hashes: [String: String]?
        var metadata: [String: String]?

        private enum CodingKeys: String, CodingKey {
            case name = "Path"
            case bytes = "Size"
            case modified = "ModTime"
            case hashes = "Hashes"
            case metadata = "Metadata"
        }

        /// In whole seconds; rclone is told to speak UTC.
        var modifiedAt: Date? {
            UTCTime(ArraySlice(modified.utf8.prefix(19)))
                .map { Date(timeIntervalSince1970: Double($0.secondsSince1970)) }
        }
    }
}
