import Glibc
import SystemPackage
import Testing

@testable import Manifest

@Suite struct `How a project was read` {
    private func project() throws -> ScratchProject {
        try ScratchProject([
            "manifests/a.yaml": """
            include: [inc/i.yaml]
            services:
              a:
                command: ['${ASKED}', '${UNSET:-none}', '${FROM_FILE}']
                extends: { file: ext.yaml, service: e }
                env_file: [{ path: a.env, required: false }]
                environment: [INHERITED]
            """,
            "inc/i.yaml": "services: { i: { command: ['${DEEP:-x}'] } }", "ext.yaml": "services: { e: { scale: 1 } }",
            ".env": "FROM_FILE=file",
        ])
    }

    private let environment = ["ASKED": "yes", "INHERITED": "too", "DEEP": "deep", "PATH": "/bin", "TOKEN": "secret"]

    @Test func `only the variables that were asked for are kept`() throws {
        let source = try #require(try project().load(environment: environment).project.source)
        #expect(source.variables == ["ASKED": "yes", "INHERITED": "too", "DEEP": "deep"])
    }

    @Test func `every file that was read or looked for is an input, and the directory of the manifests`() throws {
        let scratch = try project()
        let source = try #require(try scratch.load(environment: environment).project.source)
        let root = scratch.directory.string + "/"
        let names = source.inputs.map { $0.path.dropFirst(root.count) }
        #expect(
            names == [
                ".env", "a.env", "ext.yaml", "inc/.env", "inc/i.yaml", "manifests", "manifests/.env",
                "manifests/a.yaml",
            ])
        let missing = source.inputs.filter { $0.version == nil }.map { $0.path.dropFirst(root.count) }
        #expect(missing == ["a.env", "inc/.env", "manifests/.env"])
        #expect(source.projectDirectory == scratch.directory.string && source.files.isEmpty)
        #expect(!source.isStale)
    }

    @Test(arguments: [
        "manifests/a.yaml", "inc/i.yaml", "ext.yaml", ".env", "a.env", "inc/.env", "manifests/.env",
        "manifests/new.yaml",
    ])
    func `a file that is changed or comes makes it stale`(name: String) throws {
        let scratch = try project()
        let source = try #require(try scratch.load(environment: environment).project.source)
        try scratch.write("# changed, or new\n", to: name)
        #expect(source.isStale)
    }

    @Test func `a file that goes makes it stale, another file does not`() throws {
        let scratch = try project()
        let source = try #require(try scratch.load(environment: environment).project.source)
        try scratch.write("x", to: "other.txt")
        try scratch.write("x", to: "inc/other.txt")
        #expect(!source.isStale)
        _ = scratch.directory.pushing("ext.yaml").withPlatformString { unlink($0) }
        #expect(source.isStale)
    }

    @Test func `a file replaced by one of the same size and time makes it stale`() throws {
        let scratch = try project()
        let source = try #require(try scratch.load(environment: environment).project.source)
        let path = scratch.directory.pushing("ext.yaml").string
        var status = stat()
        #expect(stat(path, &status) == 0)
        try scratch.write("services: { e: { scale: 2 } }", to: "ext.new")
        let times = [status.st_atim, status.st_mtim]
        #expect(utimensat(AT_FDCWD, path.replacing(".yaml", with: ".new"), times, 0) == 0)
        #expect(rename(path.replacing(".yaml", with: ".new"), path) == 0)
        #expect(source.isStale)
    }

    @Test func `it is read again the same way, with what has changed`() throws {
        let scratch = try project()
        let first = try scratch.load(environment: environment).project
        let source = try #require(first.source)
        let same = try source.load().project
        #expect(same == first)
        #expect(same.source == source)
        try scratch.write("services: { e: { scale: 3, environment: { TOKEN: '${TOKEN:-unset}' } } }", to: "ext.yaml")
        try scratch.write("services: { b: { command: [b] } }", to: "manifests/b.yaml")
        let second = try source.load().project
        #expect(second[service: "a"]?.replicas == 3)
        #expect(second[service: "a"]?.command == ["yes", "none", "file"])
        // It was not asked for the first time, so it was not kept.
        #expect(second[service: "a"]?.environment["TOKEN"] == "unset")
        #expect(second[service: "b"] != nil)
        #expect(second.source?.isStale == false)
    }

    @Test func `files, profiles and MSCTL_FILE are kept as they counted`() throws {
        let scratch = try ScratchProject([
            "x/one.yaml": "services: { a: { command: [a] }, b: { command: [b], profiles: [p] } }",
            "x/two.yaml": "services: { a: { scale: 2 } }",
        ])
        let given = try scratch.load(files: ["x/one.yaml", "x/two.yaml"], profiles: ["p"]).project
        let listed = try scratch.load(profiles: ["p"], environment: ["MSCTL_FILE": "x/one.yaml:x/two.yaml"]).project
        #expect(given == listed && given.source == listed.source)
        #expect(try given.source?.load().project == given)
        #expect(given.source?.profiles == ["p"])
        #expect(
            given.source?.files == ["x/one.yaml", "x/two.yaml"].map { scratch.directory.pushing(FilePath($0)).string })
        #expect(given.source?.inputs.contains { $0.path.hasSuffix("/x") } == false)
    }

    @Test func `what was found by searching up is not searched for again`() throws {
        let scratch = try ScratchProject(["manifests/a.yaml": "services: { a: { command: [a] } }", "sub/dir/x": ""])
        let project = try ManifestLoader(
            environment: [:], currentDirectory: scratch.directory.pushing("sub/dir")
        ).load().project
        try scratch.write("services: { other: { command: [o] } }", to: "sub/manifests/b.yaml")
        #expect(project.source?.isStale == false)
        #expect(try project.source?.load().project == project)
    }

    @Test func `how it was read does not make two projects differ`() throws {
        let scratch = try project()
        let first = try scratch.load(environment: environment).project
        let second = try scratch.load(environment: environment.merging(["UNSET": "none"]) { $1 }).project
        #expect(first.source != second.source)
        #expect(first == second && first.hashValue == second.hashValue)
    }
}
