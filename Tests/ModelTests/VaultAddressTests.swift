import PGKeepModel
import Testing

struct VaultAddressTests {
    @Test(
        "An address is read and written",
        arguments: [
            ("s3://bucket", "s3://bucket", VaultAddress.Place.s3(bucket: "bucket", prefix: "")),
            ("s3://bucket/a/b/", "s3://bucket/a/b", .s3(bucket: "bucket", prefix: "a/b")),
            ("S3://bucket/a", "s3://bucket/a", .s3(bucket: "bucket", prefix: "a")),
            ("gs://b.example/p", "gs://b.example/p", .google(bucket: "b.example", prefix: "p")),
            ("azblob://c/p", "azblob://c/p", .azure(container: "c", prefix: "p")),
            ("file:///mnt/nas/", "file:///mnt/nas", .folder(path: "/mnt/nas")),
            (
                "sftp://u@h:2222/srv/x", "sftp://u@h:2222/srv/x",
                .sftp(user: "u", host: "h", port: 2222, path: "/srv/x")
            ),
            ("sftp://h/x", "sftp://h/x", .sftp(user: nil, host: "h", port: nil, path: "/x")),
            ("rclone:nas:a/b", "rclone:nas:a/b", .rclone(remote: "nas", path: "a/b")),
            ("rclone:nas:", "rclone:nas:", .rclone(remote: "nas", path: "")),
        ])
    func read(text: String, written: String, place: VaultAddress.Place) throws {
        let address = try VaultAddress(text)
        #expect(address.place == place)
        #expect(address.description == written)
        #expect(try VaultAddress(written).place == place)
    }

    @Test(
        "What is no address is refused, and nothing secret is repeated",
        arguments: [
            "bucket/prefix", "ftp://h/p", "s3://", "s3://b c/p", "s3://key:topsecret@bucket/p",
            "sftp://u:topsecret@h/p",
            "sftp://h:0/p", "sftp://h", "file://host/p", "rclone:", "rclone:nas", "rclone:nas,pass=topsecret:p",
            "s3://b/p?topsecret",
        ])
    func refused(text: String) {
        let error = #expect(throws: PGKeepError.self) { try VaultAddress(text) }
        #expect(error?.code == .settings)
        #expect(error?.hint != nil)
        #expect(error?.message.contains("topsecret") == false)
    }

    private static let name = "shop_daily_backup_2026-01-27T02-00-00.sql.gz"

    @Test(
        "An archive's address is a vault and which one there",
        arguments: [
            ("s3://b/p/latest", "s3://b/p", nil, nil),
            ("s3://b/latest", "s3://b", nil, nil),
            ("rclone:nas:latest", "rclone:nas:", nil, nil),
            ("file:///mnt/nas/\(name)", "file:///mnt/nas", name, nil),
            ("sftp://u@h/srv/\(name)", "sftp://u@h/srv", name, nil),
            ("s3://b/p/\(name)@2026-11-27-183203-000", "s3://b/p", name, "2026-11-27-183203-000"),
        ] as [(String, String, String?, String?)])
    func archive(text: String, vault: String, name: String?, version: String?) throws {
        #expect(ArchiveAddress.isAddress(text))
        let address = try ArchiveAddress(text)
        #expect(address.vault.description == vault)
        let choice = name.flatMap { ArchiveName($0) }.map { ArchiveAddress.Choice.named($0, version: version) }
        #expect(address.choice == choice ?? .latest)
    }

    @Test(
        "An address that names no archive says so",
        arguments: ["s3://b", "s3://b/p", "s3://b/p/", "s3://b/\(name).pin", "rclone:nas:x"])
    func incomplete(text: String) {
        let error = #expect(throws: PGKeepError.self) { try ArchiveAddress(text) }
        #expect(error?.code == .usage)
        #expect(error?.message.contains("names no archive") == true)
    }

    @Test("A database's URL is no address of an archive")
    func database() {
        #expect(!ArchiveAddress.isAddress("postgresql://user@host/db"))
        #expect(!ArchiveAddress.isAddress("postgres://user@host/db"))
        #expect(!ArchiveAddress.isAddress("latest"))
    }
}
