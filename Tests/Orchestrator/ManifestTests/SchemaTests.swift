import Foundation
import SystemPackage
import Testing

@testable import Manifest

@Suite struct `The schema` {
    private static let shapes = ManifestSchema.reachable(from: .project)

    private func schema() throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(ManifestSchema.json().utf8))
        return try #require(object as? [String: Any])
    }

    @Test func `it has every kind of mapping that the readers know, with the same keys and no others`() throws {
        let root = try schema()
        let definitions = try #require(root["$defs"] as? [String: [String: Any]])
        #expect(Set(definitions.keys) == Set(Self.shapes.dropFirst().map(\.name)))
        for shape in Self.shapes {
            let object = shape.name == "manifest" ? root : definitions[shape.name]
            let properties = try #require(object?["properties"] as? [String: [String: Any]])
            #expect(Set(properties.keys) == Set(shape.words))
            #expect(shape.words.count == Set(shape.words).count)
            #expect(object?["additionalProperties"] as? Bool == false)
            for key in shape.keys {
                #expect((properties[key.name]?["description"] as? String) == key.about)
                #expect((1...90).contains(key.about.count) && key.about.hasSuffix("."), "\(key.name)")
            }
        }
    }

    @Test func `every key of the table is read`() throws {
        let scratch = try ScratchProject(["b.yaml": "services: {}"])
        for shape in Self.shapes {
            let example = try #require(SchemaExample.all[shape.name], "no example of \(shape.name)")
            for key in shape.keys {
                try scratch.write(example.text(key: key.name, value: "[[[]], {zz: [[]]}]"), to: "manifests/a.yaml")
                let found = scratch.problems()
                #expect(
                    found.contains { $0.hasPrefix("manifests/a.yaml:3:") || example.tellsAbove },
                    "\(shape.name).\(key.name) is not read: \(found)")
                #expect(!found.contains { $0.contains("unknown key '\(key.name)'") })
            }
            try scratch.write(example.text(key: "zzz", value: "x"), to: "manifests/a.yaml")
            #expect(scratch.problems().contains { $0.hasPrefix("manifests/a.yaml:2:1: unknown key 'zzz'") })
        }
    }

    @Test(.enabled(if: SchemaValidator.isAvailable, SchemaValidator.absence))
    func `the public validator accepts the shop, every word, and what config prints`() throws {
        let root = (0..<4).reduce(FilePath(#filePath)) { path, _ in path.removingLastComponent() }
        let shop = Directory.manifests(in: root.appending("manifests"))
        #expect(shop.count >= 5)
        let scratch = try ScratchProject(["manifests/a.yaml": Fixture.everything])
        let project = try scratch.load(profiles: ["p"]).project
        let texts =
            try shop.map(TextFile.read) + [Fixture.everything, project.yaml(), project.json()] + SchemaExample.valid
        #expect(try SchemaValidator.check(texts).filter { !$0.isEmpty } == [])
    }

    @Test(arguments: SchemaExample.valid)
    func `the valid examples load`(text: String) throws {
        let scratch = try ScratchProject([
            "manifests/a.yaml": text, "b.yaml": "services: { b: { command: [b] } }", "c.env": "C=1", "key": "",
        ])
        #expect(scratch.problems(profiles: ["p"], environment: ["N": "2", "T": "5s", "B": "true"]) == [])
    }

    @Test(.enabled(if: SchemaValidator.isAvailable, SchemaValidator.absence))
    func `the public validator refuses what the loader refuses`() throws {
        let verdicts = try SchemaValidator.check(SchemaExample.wrong.map(\.text))
        for (example, errors) in zip(SchemaExample.wrong, verdicts) {
            #expect(errors.contains { $0.hasPrefix(example.path + ": ") }, "\(example.text): \(errors)")
            #expect(try !problems(example.text).isEmpty)
        }
    }

    @Test(.enabled(if: SchemaValidator.isAvailable, SchemaValidator.absence))
    func `wherever a scalar may stand, a variable may`() throws {
        let texts = Self.shapes.flatMap { shape in
            shape.keys.filter { key in
                key.value.alternatives.contains { if case .scalar = $0 { true } else { false } }
            }.flatMap { key in
                ["\"${N:-2}\"", "$N", "'x${N}y'"].compactMap { value in
                    SchemaExample.all[shape.name]?.text(key: key.name, value: value)
                }
            }
        }
        #expect(texts.count > 200)
        for (text, errors) in zip(texts, try SchemaValidator.check(texts)) { #expect(errors == [], "\(text)") }
    }

    /// The table against the readers: for every key the same values are refused.
    @Test(.enabled(if: SchemaValidator.isAvailable, SchemaValidator.absence))
    func `loader and schema agree about every key and value`() throws {
        let scratch = try ScratchProject(["b.yaml": "services: {}"])
        var cases: [(key: String, value: String, text: String, found: [String])] = []
        for shape in Self.shapes {
            let example = try #require(SchemaExample.all[shape.name])
            for key in shape.keys {
                for value in SchemaExample.values {
                    let text = example.text(key: key.name, value: value)
                    try scratch.write(text, to: "manifests/a.yaml")
                    let found = scratch.problems().filter { problem in
                        (problem.hasPrefix("manifests/a.yaml:3:") || example.tellsAbove)
                            && !SchemaExample.isBeyond(problem)
                    }
                    cases.append(("\(shape.name).\(key.name)", value, text, found))
                }
            }
        }
        let verdicts = try SchemaValidator.check(cases.map(\.text))
        for (one, errors) in zip(cases, verdicts) {
            if !errors.isEmpty {
                #expect(!one.found.isEmpty, "the schema alone refuses \(one.key): \(one.value): \(errors)")
            } else if !SchemaExample.isLenient(one.key, one.value) {
                #expect(one.found.isEmpty, "the loader alone refuses \(one.key): \(one.value): \(one.found)")
            }
        }
    }
}
