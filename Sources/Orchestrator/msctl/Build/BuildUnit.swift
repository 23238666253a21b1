import Manifest
import SystemPackage

/// One thing to build: a product or a command in its context, whatever number of services use it.
struct BuildUnit: Hashable {
    let build: Build
    /// The services that use it.
    let services: [String]
    /// The files that services run from the output; a stamp holds only as long as they are what was built.
    let programs: [FilePath]

    /// The units of services, in their order, each once.
    static func units(of services: [Service]) -> [BuildUnit] {
        var order: [Build] = []
        var programs: [Build: [FilePath]] = [:]
        var names: [Build: [String]] = [:]
        for service in services {
            guard let build = service.build else { continue }
            if programs[build] == nil { order.append(build) }
            names[build, default: []].append(service.name)
            let path = build.program(of: service)
            if programs[build]?.contains(path) != true { programs[build, default: []].append(path) }
        }
        return order.map { BuildUnit(build: $0, services: names[$0] ?? [], programs: programs[$0] ?? []) }
    }

    /// As it is called in progress and errors.
    var name: String {
        switch build.recipe {
        case .swift(let product, _, _): product
        case .command: services.joined(separator: ", ")
        }
    }

    /// Program and arguments, run in the context.
    var command: [String] {
        switch build.recipe {
        case .swift(let product, let configuration, let flags):
            ["swift", "build", "-c", configuration, "--product", product] + flags
        case .command(let words): words
        }
    }

    /// The sources as they are now.
    func fingerprint() throws(CommandFailure) -> Fingerprint {
        let context = FilePath(build.context)
        let output = FilePath(build.output)
        return try Fingerprint(of: context, excluding: output == context ? nil : output)
    }
}

extension Build {
    /// Where the program of a service is after the build.
    fileprivate func program(of service: Service) -> FilePath {
        switch recipe {
        case .swift(let product, _, _): FilePath(output).appending(product)
        case .command: FilePath(output).pushing(FilePath(service.command[0]))
        }
    }
}
