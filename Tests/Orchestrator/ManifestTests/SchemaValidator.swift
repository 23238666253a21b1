import Foundation
import SystemPackage
import Testing

@testable import Manifest

/// The public validator: Python's jsonschema, over YAML as PyYAML reads it, which is YAML 1.1 with all its traps.
enum SchemaValidator {
    static let absence: Comment = "python3 with the packages jsonschema and PyYAML is not on this machine"

    static let isAvailable: Bool =
        (try? run(["-c", "import yaml, jsonschema; jsonschema.Draft202012Validator"])) != nil

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// For each text what is wrong with it, first things first; empty when it is valid.
    static func check(_ texts: [String]) throws -> [[String]] {
        let scratch = try ScratchProject(["schema.json": ManifestSchema.json(), "check.py": script])
        let input = String(decoding: try JSONEncoder().encode(texts), as: UTF8.self)
        try scratch.write(input, to: "texts.json")
        let path = { (name: String) in scratch.directory.appending(name).string }
        let output = try run([path("check.py"), path("schema.json"), path("texts.json")])
        return try JSONDecoder().decode([[String]].self, from: output)
    }

    private static func run(_ arguments: [String]) throws -> Data {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        process.standardError = errors
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            // A few lines, which fit into the pipe.
            let story = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
            throw Failure(description: "python3 ended with \(process.terminationStatus): \(story)")
        }
        return data
    }

    /// `!reset` and `!override` stand for their values, and dates are texts: YAML 1.2 has none.
    private static let script = """
        import json, sys, yaml, jsonschema

        class Loader(yaml.SafeLoader):
            yaml_implicit_resolvers = {
                first: [(tag, expression) for tag, expression in found if not tag.endswith(":timestamp")]
                for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
            }

        def value(loader, suffix, node):
            if isinstance(node, yaml.MappingNode):
                return loader.construct_mapping(node, deep=True)
            if isinstance(node, yaml.SequenceNode):
                return loader.construct_sequence(node, deep=True)
            return loader.construct_object(yaml.ScalarNode(loader.resolve(yaml.ScalarNode, node.value, (True, False)), node.value))

        Loader.add_multi_constructor("!", value)
        schema = json.load(open(sys.argv[1]))
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
        answers = []
        for text in json.load(open(sys.argv[2])):
            tree = yaml.load(text, Loader)
            errors = sorted(validator.iter_errors({} if tree is None else tree), key=lambda error: len(error.absolute_path))
            answers.append(["/".join(map(str, error.absolute_path)) + ": " + error.message[:200] for error in errors])
        print(json.dumps(answers))
        """
}
