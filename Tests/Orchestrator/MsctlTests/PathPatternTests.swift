import Testing

@testable import msctl

@Suite struct PathPatternTests {
    /// From the tests of moby/patternmatcher, which reads .dockerignore for Docker.
    @Test(
        arguments: [
            ("**", "file", true), ("**", "dir/file", true), ("**/", "file", true), ("**/", "dir/file", true),
            ("**/**", "dir/file", true), ("dir/**", "dir/file", true), ("dir/**", "dir/dir2/file", true),
            ("**/dir", "dir/file", true), ("**/dir", "dir", true), ("**/dir2/*", "dir/dir2/file", true),
            ("**/dir2/*", "dir/dir2/dir2/file", true), ("**/dir2/*", "dir/dir2", false),
            ("**file", "file", true), ("**file", "dir/file", true), ("**/file*txt", "dir/file.txt", true),
            ("**/file*txt", "dir/dir/file.txt", true), ("a**/*.txt", "a/file.txt", true),
            ("a**/*.txt", "a/dir/file.txt", true),
            ("a/*.txt", "a/file.txt", true), ("a/*.txt", "a/dir/file.txt", false),
            ("a[b-d]e", "ae", false), ("a[b-d]e", "ace", true), ("a[b-d]e", "aae", false), ("a[^b-d]e", "aze", true),
            (".*", ".foo", true), (".*", "foo", false), ("abc.def", "abcdef", false), ("abc.def", "abcZdef", false),
            ("abc?def", "abcZdef", true), ("abc?def", "abc/def", false), (#"a\\"#, #"a\"#, true),
            (#"a\*b"#, "a*b", true),
            (#"a\*b"#, "axb", false), ("**/foo/bar", "foo/bar", true), ("**/foo/bar", "dir/foo/bar", true),
            ("abc/**", "abc", false), ("abc/**", "abc/def/ghi", true), ("**/.foo", "bar.foo", false),
            ("a(b)c/def", "a(b)c/def", true),
            ("a(b)c/def", "a(b)c/xyz", false), ("a.|)$(}+{bc", "a.|)$(}+{bc", true), ("*.md", "docs/a.md", false),
            ("/src/", "src/a", true), ("./src", "src", true), ("dist/*.py{,c}", "dist/a.pyc", false),
        ] as [(String, String, Bool)])
    func `a pattern means what it means to Docker`(pattern: String, path: String, matches: Bool) throws {
        #expect(try PathPatterns([pattern]).match(path) == matches)
    }

    @Test func `the last pattern that matches decides, and a directory's parts go with it`() throws {
        let patterns = try PathPatterns(["docs", "!docs/README.md", "**/*.tmp"])
        #expect(patterns.match("docs/a/b"))
        #expect(!patterns.match("docs/README.md"))
        #expect(patterns.match("docs/README.tmp"))
        #expect(!patterns.match("doc"))
        #expect(patterns.hasExceptions)
        #expect(try !PathPatterns([]).match("a"))
    }

    @Test(arguments: ["[", "a[b", "a[b-", #"a\"#, "[]", "[b-a]"])
    func `what is no pattern is refused`(text: String) {
        #expect(throws: PathPatterns.BadPattern.self) { try PathPatterns([text]) }
    }

    @Test func `many stars cost no more than their number times the length of the path`() throws {
        let pattern = String(repeating: "*a", count: 30) + "b"
        #expect(try !PathPatterns([pattern]).match(String(repeating: "a", count: 200)))
    }
}
