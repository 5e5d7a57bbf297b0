// swift-tools-version: 6.2
import PackageDescription

/// What every target of ours is compiled with.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "pgkeep",
    products: [
        .library(name: "PGKeep", targets: ["PGKeep"]),
        .executable(name: "pgkeep", targets: ["Program"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        // The words of the house as values; no I/O.
        .target(name: "PGKeepModel", path: "Sources/Model", swiftSettings: settings),
        // The three stages. They never import one another; they meet in PGKeep.
        .target(
            name: "PGKeepPostgres", dependencies: ["PGKeepModel", "CGNU", "CLibPQ", subprocess, system],
            path: "Sources/Postgres", swiftSettings: settings),
        .target(
            name: "PGKeepArchive",
            dependencies: ["PGKeepModel", "CGNU", "CISAL", "CDeflate", "CZstd", "CXXHash", crypto],
            path: "Sources/Archive", swiftSettings: settings),
        .target(
            name: "PGKeepVaults", dependencies: ["PGKeepModel", "CGNU"], path: "Sources/Vaults", swiftSettings: settings
        ),
        // The use cases: the public library.
        .target(
            name: "PGKeep",
            dependencies: [
                "PGKeepModel", "PGKeepPostgres", "PGKeepArchive", "PGKeepVaults", "CGNU", asyncHTTPClient,
                configuration, crypto, lifecycle, logging, nioCore, nioHTTP1, nioPosix, nioSSL, subprocess, system,
                yams,
            ],
            path: "Sources/PGKeep", swiftSettings: settings),
        // What is told over HTTP.
        .target(
            name: "PGKeepDashboard",
            dependencies: ["PGKeep", "PGKeepModel", httpTypes, hummingbird, lifecycle, logging, nioCore],
            path: "Sources/Dashboard", swiftSettings: settings),
        .target(
            name: "PGKeepCommands",
            dependencies: [
                "PGKeep", "PGKeepDashboard", "PGKeepModel", argumentParser, lifecycle, logging, unixSignals,
            ],
            path: "Sources/Commands", swiftSettings: settings),
        .executableTarget(
            name: "Program", dependencies: ["PGKeepCommands"], path: "Sources/Program", swiftSettings: settings),
        // The example, built with everything else so that it stays right; for users it is a package of its own.
        .executableTarget(
            name: "HummingbirdServer", dependencies: ["PGKeep", hummingbird, lifecycle, logging, unixSignals],
            path: "Examples/HummingbirdServer/Sources", swiftSettings: settings),

        .systemLibrary(name: "CGNU"),
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CISAL", pkgConfig: "libisal", providers: [.apt(["libisal-dev"])]),
        .systemLibrary(name: "CDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),

        .testTarget(name: "ModelTests", dependencies: ["PGKeepModel"], swiftSettings: settings),
        .testTarget(
            name: "ArchiveTests", dependencies: ["PGKeepArchive", "PGKeepModel", crypto], exclude: ["Fixtures"],
            swiftSettings: settings),
        // The stores that tests copy to, each a real one.
        .target(name: "TestStores", path: "Tests/TestStores", swiftSettings: settings),
        .testTarget(
            name: "VaultsTests", dependencies: ["PGKeepVaults", "PGKeepModel", "TestStores"], swiftSettings: settings),
        .testTarget(
            name: "PGKeepTests",
            dependencies: [
                "PGKeep", "PGKeepModel", "PGKeepPostgres", "PGKeepArchive", "PGKeepVaults", subprocess, system,
            ],
            exclude: ["Fixtures"], swiftSettings: settings),
        .testTarget(
            name: "CommandsTests", dependencies: ["PGKeepCommands", "PGKeep", "PGKeepModel", argumentParser],
            swiftSettings: settings),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "PGKeep", "PGKeepModel", "PGKeepPostgres", "PGKeepArchive", "PGKeepVaults", "TestStores", logging,
                subprocess, system,
            ],
            exclude: ["Fixtures"], swiftSettings: settings),
    ]
)
