import SystemPackage
import Testing

@testable import Manifest

@Suite struct `Finding the project` {
    private static let text = "services: { a: { command: [a] } }"

    private func find(
        _ scratch: ScratchProject, from directory: String = ".", projectDirectory: FilePath? = nil,
        files: [FilePath] = [],
        environment: [String: String] = [:]
    ) throws -> ProjectLocation {
        try ProjectLocator.find(
            projectDirectory: projectDirectory, files: files, environment: environment,
            currentDirectory: scratch.directory.pushing(FilePath(directory)))
    }

    @Test func `manifests are looked for from the current directory up, and read in name order`() throws {
        let scratch = try ScratchProject([
            "manifests/b.yaml": "", "manifests/a.yaml": "", "manifests/.hidden.yaml": "", "manifests/note.txt": "",
            "sub/dir/x": "",
        ])
        let expected = ProjectLocation(
            directory: scratch.directory,
            files: ["manifests/a.yaml", "manifests/b.yaml"].map { scratch.directory.pushing($0) })
        #expect(try find(scratch) == expected)
        #expect(try find(scratch, from: "sub/dir") == expected)
        #expect(try find(scratch, from: "manifests") == expected)
        #expect(try find(scratch, from: "sub", projectDirectory: "..") == expected)
    }

    @Test func `files and directories are given by -f or MSCTL_FILE`() throws {
        let scratch = try ScratchProject(["x/manifests/a.yaml": "", "x/manifests/b.yaml": "", "y/c.yaml": ""])
        let root = scratch.directory
        let a = root.pushing("x/manifests/a.yaml")
        let b = root.pushing("x/manifests/b.yaml")
        let c = root.pushing("y/c.yaml")
        #expect(
            try find(scratch, files: ["x/manifests"]) == ProjectLocation(directory: root.pushing("x"), files: [a, b]))
        #expect(
            try find(scratch, files: ["y/c.yaml", "x/manifests"])
                == ProjectLocation(directory: root.pushing("y"), files: [c, a, b]))
        #expect(try find(scratch, files: ["x/manifests/b.yaml", "x/manifests"]).files == [b, a])
        #expect(
            try find(scratch, projectDirectory: "y", files: ["x/manifests/a.yaml"])
                == ProjectLocation(directory: root.pushing("y"), files: [a]))
        #expect(try find(scratch, environment: ["MSCTL_FILE": "y/c.yaml:x/manifests/a.yaml"]).files == [c, a])
        #expect(try find(scratch, files: ["y/c.yaml"], environment: ["MSCTL_FILE": "nope"]).files == [c])
    }

    @Test func `a missing project says what to do`() throws {
        let scratch = try ScratchProject(["empty/x": ""])
        let message = { (files: [FilePath], directory: FilePath?) in
            do {
                _ = try find(scratch, projectDirectory: directory, files: files)
                return ""
            } catch let error as ManifestErrors {
                return error.description
            }
        }
        let hint = "; write manifests/NAME.yaml, or say where they are with -f or -C"
        let root = scratch.directory
        #expect(
            try message([], nil) == "no project: there is no manifests/*.yaml in '\(root)' or any directory above it"
                + hint)
        #expect(try message([], "empty") == "there is no manifests/*.yaml in '\(root)/empty'" + hint)
        #expect(try message([], "nope") == "the project directory '\(root)/nope' does not exist" + hint)
        #expect(try message(["empty"], nil) == "there is no *.yaml in 'empty'" + hint)
        #expect(scratch.problems().count == 1)
    }

    @Test func `a file that is named and not there is an error`() throws {
        let scratch = try ScratchProject([:])
        #expect(throws: ManifestErrors.self) { try scratch.load(files: ["nope.yaml"]) }
    }

    @Test(arguments: [("Shop 2", "shop2"), ("_x-Y", "x-y"), ("---", "project")])
    func `a project without a name has its directory's`(directory: String, expected: String) throws {
        let scratch = try ScratchProject(["\(directory)/a.yaml": Self.text])
        #expect(try scratch.load(files: ["\(directory)/a.yaml"]).project.name == expected)
    }

    @Test func `a file with another suffix is not passed over in silence`() throws {
        let scratch = try ScratchProject(["manifests/a.yaml": Self.text, "manifests/b.yml": ""])
        #expect(
            try scratch.load().warnings.map(\.description) == ["'manifests/b.yml' is not read; name it *.yaml"])
    }
}
