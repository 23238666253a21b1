/// Where merging differs from "mappings merge, sequences append, later scalars win". Paths begin at the file's root.
enum MergeRule {
    /// Half a command and half another is neither.
    static func replaces(at path: [String]) -> Bool {
        guard path.first == "services", path.count > 2 else { return false }
        let key = path.dropFirst(2).joined(separator: ".")
        return [
            "command", "entrypoint", "healthcheck.test", "startup.test", "liveness.test", "build.command",
            "build.flags",
        ].contains(key)
    }

    /// Lists in which an entry is not repeated.
    static func isSet(at path: [String]) -> Bool {
        path.first == "services" && path.count == 3
            && ["ports", "secrets", "profiles", "group_add", "success_exit_codes"].contains(path[2])
    }

    /// In `environment` a name without a value is a statement: take it from the environment of `msctl`.
    static func nullIsValue(at path: [String]) -> Bool {
        path.first == "services" && path.count == 4 && path[2] == "environment"
    }

    /// Keys of the earlier mapping that the later one's keys take the place of: a probe has one question.
    static func superseded(by keys: [String], at path: [String]) -> Set<String> {
        guard path.first == "services", path.count == 3, ["healthcheck", "startup", "liveness"].contains(path[2]) else {
            return []
        }
        let questions: Set<String> = ["test", "http", "tcp", "log"]
        guard let question = keys.first(where: questions.contains) else { return [] }
        return questions.union(
            question == "http" ? ["disable"] : ["disable", "headers", "expect_status", "expect_body"])
    }

    /// What makes two entries of a set equal; nil for an entry that equals none.
    static func identity(of node: ManifestNode) -> String? {
        node.scalar?.text ?? (node["target"] ?? node["source"])?.scalar?.text
    }
}
