import Foundation
import Testing

@Suite("Bad input: an extension that the target lacks", .lendsServer, .enabled(if: FaultServer.isPossible))
struct MissingExtensionTests {
    @Test(
        "It ends the restore, named, with how to find its package; the target is as before",
        arguments: [["--to", "<db>", "--yes"], ["--into", "<db>_copy", "--yes"]])
    func missing(arguments: [String]) async throws {
        let target = try FaultServer.lent
        try await target.withDatabase { name in
            try await Sandbox.with { sandbox in
                let tools = try await PrivatePostgres.make(in: sandbox.folder, from: target.tools)
                try await PrivatePostgres.add(extension: "rare_probe", in: sandbox.folder)
                let archive = try await FaultServer.with(tools: tools) { source in
                    try await source.psql(
                        "CREATE EXTENSION rare_probe; CREATE TABLE public.things (n int DEFAULT public.rare_probe());")
                    return try await sandbox.backup(source.url("postgres"))
                }
                let before = try await target.fingerprint(name)
                let line = ["restore", archive] + arguments.map { $0.replacing("<db>", with: name) }
                let run = try await sandbox.pgkeep(line, url: target.url(name))
                #expect(run.status != 0, "\(run)")
                #expect(run.talk.contains("rare_probe") && run.talk.contains("install"), "\(run)")
                #expect(run.hint != nil, "\(run)")
                #expect(try await target.beside(name).isEmpty)
                #expect(try await target.fingerprint(name) == before)
            }
        }
    }
}

/// A PostgreSQL with a folder of extensions of its own: its programs find the rest relative to themselves, so they are
/// copied and everything else is linked.
enum PrivatePostgres {
    /// The folder of its programs.
    static func make(in folder: String, from tools: String) async throws -> String {
        try await shell(
            """
            set -e; cd \(folder); chmod 755 .
            share=$(\(tools)/pg_config --sharedir); lib=$(\(tools)/pg_config --pkglibdir)
            mkdir -p ".\(tools)" ".$share/extension" "$(dirname ".$lib")"
            cp -L \(tools)/* ".\(tools)"
            ln -s "$lib" ".$lib"
            for file in "$share"/*; do [ "$file" = "$share/extension" ] || ln -s "$file" ".$share"; done
            ln -s "$share"/extension/* ".$share/extension"
            ln -s ".$share/extension" extensions
            echo "$PWD\(tools)"
            """)
    }

    static func add(extension name: String, in folder: String) async throws {
        try await shell(
            """
            cd \(folder)/extensions
            printf "default_version = '1.0'\\nrelocatable = true\\n" > \(name).control
            echo 'CREATE FUNCTION \(name)() RETURNS int LANGUAGE sql AS $$SELECT 1$$;' > \(name)--1.0.sql
            """)
    }
}
