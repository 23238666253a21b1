// swift-tools-version: 6.2
import PackageDescription

// Swift 6 mode, warnings are errors, every existential spelled, every import explicit.
let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

// The shim has no Swift runtime: Embedded Swift, one module, entry point by @_cdecl.
let embedded: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableExperimentalFeature("Embedded"),
    .unsafeFlags(["-wmo", "-parse-as-library"]),
]

// Programs that are started for every command, from local files by their own user: at a fixed address, they need not be
// relocated first, which saves about a millisecond of each start and the memory of the relocated pages.
let fixedAddress: [LinkerSetting] = [.unsafeFlags(["-Xclang-linker", "-no-pie"], .when(configuration: .release))]

let systemPackage: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTesting: Target.Dependency = .product(name: "HummingbirdTesting", package: "hummingbird")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTPTypes: Target.Dependency = .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let jwtKit: Target.Dependency = .product(name: "JWTKit", package: "jwt-kit")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")

let systemTargets: [Target] = [
    // Linux calls Swift cannot spell (prctl, pidfd, signalfd, epoll, inotify), as inline fixed-arity wrappers.
    .systemLibrary(name: "CLinux", path: "Sources/System/CLinux"),
    // Searches bytes sixteen at a time, with the instructions that Swift has no words for.
    .systemLibrary(name: "CBytes", path: "Sources/System/CBytes"),
    // libcurl's types and constants, and its variadic calls with one wrapper per argument kind; nothing is linked.
    .systemLibrary(name: "CCurl", path: "Sources/System/CCurl"),
    // PCRE2's types and constants; nothing is linked.
    .systemLibrary(name: "CPCRE2", path: "Sources/System/CPCRE2"),
    // SQLite as it is, for commands that only read state.db.
    .systemLibrary(name: "CSQLite", path: "Sources/System/CSQLite"),
    // libxcrypt's reentrant password hashing.
    .systemLibrary(name: "CCrypt", path: "Sources/System/CCrypt"),
]

let orchestratorTargets: [Target] = [
    // Reads manifests and gives one validated, immutable Project; every error has file:line:column.
    .target(
        name: "Manifest", dependencies: [yams, systemPackage], path: "Sources/Orchestrator/Manifest",
        swiftSettings: house),
    // Reads /proc: who a process is, what its tree uses, who holds a port.
    .target(
        name: "ProcessTable", dependencies: ["CLinux", systemPackage], path: "Sources/Orchestrator/ProcessTable",
        swiftSettings: house),
    // The .msctl directory: run directories, exit records, locks, state.db; the daemon writes, everyone reads.
    .target(
        name: "StateDirectory", dependencies: ["Manifest", "ProcessTable", "CLinux", "CSQLite", systemPackage],
        path: "Sources/Orchestrator/StateDirectory", swiftSettings: house),
    // Scans, indexes, follows, filters and merges the log files of runs.
    .target(
        name: "LogStore", dependencies: ["StateDirectory", "CBytes", "CLinux", "CPCRE2", "CSQLite", systemPackage],
        path: "Sources/Orchestrator/LogStore", swiftSettings: house),
    // libcurl, loaded at first use, as async Swift: unix sockets, streaming, timeouts, cancellation.
    .target(
        name: "CurlClient", dependencies: ["CCurl"], path: "Sources/Orchestrator/CurlClient", swiftSettings: house),
    // What crosses the control socket: requests, replies, version.
    .target(
        name: "ControlAPI", dependencies: ["Manifest", "StateDirectory"], path: "Sources/Orchestrator/ControlAPI",
        swiftSettings: house),
    // Desired state against actual state: state machine, probes, start order, adoption, endpoints.
    .target(
        name: "Supervisor",
        dependencies: ["Manifest", "StateDirectory", "ProcessTable", "CLinux", grdb, systemPackage],
        path: "Sources/Orchestrator/Supervisor", swiftSettings: house),
    // The command line: parse, call, print.
    .executableTarget(
        name: "msctl",
        dependencies: [
            "Manifest", "ControlAPI", "CurlClient", "LogStore", "StateDirectory", "ProcessTable", "CLinux",
            argumentParser, systemPackage,
        ],
        path: "Sources/Orchestrator/msctl", swiftSettings: house, linkerSettings: fixedAddress),
    // The daemon: the supervisor behind a control socket.
    .executableTarget(
        name: "msctld",
        dependencies: [
            "Supervisor", "ControlAPI", "Manifest", "StateDirectory", "LogStore", "ProcessTable", "CLinux", hummingbird,
            hummingbirdCore, httpTypes, nioCore, nioPosix, logging, lifecycle, unixSignals, systemPackage,
        ],
        path: "Sources/Orchestrator/msctld", swiftSettings: house, linkerSettings: fixedAddress),
    // The parent of one service process: its session, its tree, its log files, its exit record.
    // Linked statically: a service's LD_PRELOAD cannot reach it, and it starts without a dynamic loader.
    .executableTarget(
        name: "msctl-shim", dependencies: ["CLinux"], path: "Sources/Orchestrator/msctl-shim", swiftSettings: embedded,
        linkerSettings: [.unsafeFlags(["-Xclang-linker", "-static"])]),
]

let serviceTargets: [Target] = [
    // What every service of the shop has: boot, configuration, health, logs, errors, telemetry, clients.
    .target(
        name: "ServiceKit",
        dependencies: [
            "CLinux", grdb, hummingbird, hummingbirdCore, httpTypes, nioCore, nioHTTP1, nioHTTPTypes, nioPosix, logging,
            lifecycle, unixSignals, asyncHTTPClient, jwtKit, crypto, systemPackage,
        ],
        path: "Sources/Services/ServiceKit", swiftSettings: house),
    // The one public door: forwards to ready instances, limits, shapes errors.
    .executableTarget(
        name: "api-gateway",
        dependencies: [
            "ServiceKit", hummingbird, hummingbirdCore, httpTypes, nioCore, nioHTTP1, nioHTTPTypes, nioPosix, logging,
            lifecycle, asyncHTTPClient,
        ],
        path: "Sources/Services/APIGateway", swiftSettings: house),
    // Accounts: registration, login, profiles, the keys that sign tokens.
    .executableTarget(
        name: "user-service",
        dependencies: [
            "ServiceKit", "CCrypt", grdb, hummingbird, httpTypes, nioPosix, logging, lifecycle, jwtKit, crypto,
        ],
        path: "Sources/Services/UserService", swiftSettings: house),
    // The catalogue: products, stock, reservations.
    .executableTarget(
        name: "product-service",
        dependencies: ["ServiceKit", grdb, hummingbird, httpTypes, logging, lifecycle],
        path: "Sources/Services/ProductService", swiftSettings: house),
    // Orders: a saga over buyers and stock whose every step is a row.
    .executableTarget(
        name: "order-service",
        dependencies: ["ServiceKit", grdb, hummingbird, httpTypes, logging, lifecycle],
        path: "Sources/Services/OrderService", swiftSettings: house),
]

let testTargets: [Target] = [
    // Temporary directories, free ports, processes, a small HTTP server, the executables beside the tests, and a project
    // that is driven through them.
    .target(
        name: "TestSupport", dependencies: ["StateDirectory", "ProcessTable", "CLinux", systemPackage],
        path: "Tests/TestSupport", swiftSettings: house),
    // Where the validators and test vectors of others are, if they could be fetched.
    .target(name: "References", path: "Tests/References", swiftSettings: house),
    // A service that misbehaves as a test asks.
    .executableTarget(
        name: "FixtureService", dependencies: ["CLinux"], path: "Tests/FixtureService", swiftSettings: house),
    // The built programs, driven as a person or a script drives them.
    .testTarget(
        name: "EndToEndTests",
        dependencies: [
            "CurlClient", "ProcessTable", "StateDirectory", "CLinux", "References", "TestSupport", grdb, systemPackage,
        ],
        path: "Tests/EndToEnd", swiftSettings: house),
    // Every promise about lifetimes, stops, restarts, order and replacement, made to fail; and random faults for minutes.
    .testTarget(
        name: "FaultTests",
        dependencies: ["ProcessTable", "StateDirectory", "CLinux", "TestSupport", grdb, systemPackage],
        path: "Tests/Faults", swiftSettings: house),
    .testTarget(
        name: "ShimTests", dependencies: ["StateDirectory", "ProcessTable", "CLinux", "TestSupport", systemPackage],
        path: "Tests/Orchestrator/ShimTests", swiftSettings: house),
    .testTarget(
        name: "StateDirectoryTests",
        dependencies: [
            "StateDirectory", "Supervisor", "Manifest", "ProcessTable", "CLinux", "TestSupport", grdb, systemPackage,
        ],
        path: "Tests/Orchestrator/StateDirectoryTests", swiftSettings: house),
    .testTarget(
        name: "SupervisorTests",
        dependencies: [
            "Supervisor", "Manifest", "StateDirectory", "ProcessTable", "CLinux", "TestSupport", systemPackage,
        ],
        path: "Tests/Orchestrator/SupervisorTests", swiftSettings: house),
    .testTarget(
        name: "ManifestTests", dependencies: ["Manifest", systemPackage], path: "Tests/Orchestrator/ManifestTests",
        swiftSettings: house),
    .testTarget(
        name: "LogStoreTests", dependencies: ["LogStore", "StateDirectory", systemPackage],
        path: "Tests/Orchestrator/LogStoreTests", swiftSettings: house),
    .testTarget(
        name: "CurlClientTests", dependencies: ["CurlClient", "TestSupport"],
        path: "Tests/Orchestrator/CurlClientTests", swiftSettings: house),
    .testTarget(
        name: "MsctlTests",
        dependencies: [
            "msctl", "Manifest", "StateDirectory", "Supervisor", "LogStore", "ProcessTable", "ControlAPI", "CurlClient",
            "CLinux",
            "TestSupport",
            argumentParser, systemPackage,
        ],
        path: "Tests/Orchestrator/MsctlTests", swiftSettings: house),
    .testTarget(
        name: "MsctldTests",
        dependencies: ["msctld", "Supervisor", "StateDirectory", "LogStore", "ProcessTable"],
        path: "Tests/Orchestrator/MsctldTests", swiftSettings: house),
    // Temporary directories, captured logs and minted tokens for the tests of the services.
    .target(
        name: "ServiceTestSupport",
        dependencies: [
            "ServiceKit", "References", grdb, hummingbird, hummingbirdTesting, httpTypes, nioCore, nioHTTP1, nioPosix,
            logging, lifecycle, asyncHTTPClient, jwtKit, crypto,
        ],
        path: "Tests/Services/ServiceTestSupport", swiftSettings: house),
    .testTarget(
        name: "ServiceKitTests",
        dependencies: [
            "ServiceKit", "ServiceTestSupport", "References", grdb, hummingbird, hummingbirdTesting, httpTypes, nioCore,
            nioEmbedded, nioHTTP1, logging, jwtKit,
        ],
        path: "Tests/Services/ServiceKitTests", swiftSettings: house),
    .testTarget(
        name: "UserServiceTests",
        dependencies: [
            "user-service", "ServiceKit", "ServiceTestSupport", "References", grdb, hummingbird, hummingbirdTesting,
            httpTypes,
        ],
        path: "Tests/Services/UserServiceTests", exclude: ["Schemas"], swiftSettings: house),
    .testTarget(
        name: "APIGatewayTests",
        dependencies: [
            "api-gateway", "user-service", "product-service", "order-service", "ServiceKit", "ServiceTestSupport",
            "References", hummingbird, hummingbirdCore, hummingbirdTesting, httpTypes, nioCore, nioHTTP1, nioPosix,
            logging,
            lifecycle, asyncHTTPClient,
        ],
        path: "Tests/Services/APIGatewayTests", swiftSettings: house),
    .testTarget(
        name: "ProductServiceTests",
        dependencies: [
            "product-service", "ServiceKit", "ServiceTestSupport", "References", grdb, hummingbird, hummingbirdTesting,
            httpTypes,
        ],
        path: "Tests/Services/ProductServiceTests", exclude: ["Schemas"], swiftSettings: house),
    .testTarget(
        name: "OrderServiceTests",
        dependencies: [
            "order-service", "product-service", "ServiceKit", "ServiceTestSupport", "References", grdb, hummingbird,
            hummingbirdTesting, httpTypes, logging,
        ],
        path: "Tests/Services/OrderServiceTests", exclude: ["Schemas"], swiftSettings: house),
]

let package = Package(
    name: "msctl",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: systemTargets + orchestratorTargets + serviceTargets + testTargets
)
