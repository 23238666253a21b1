import ArgumentParser
import CurlClient
import FoundationEssentials
import LogStore
import Manifest
import SystemPackage

/// msctl's own programs, the libraries it loads, and what builds services.
struct ProgramCheck {
    let environment: [String: String]

    func findings(_ project: Project?) async -> [Finding] {
        [await programs(), curl(), regularExpressions()] + builders(project)
    }

    /// The three belong together: each is asked for its version.
    private func programs() async -> Finding {
        let advice = "msctl, msctld and msctl-shim are installed together; install them again"
        var versions: [String] = [Msctl.configuration.version]
        var wrong: [String] = []
        for name in ["msctld", "msctl-shim"] {
            do {
                let path = try Binaries.find(name)
                let version = await version(of: path) ?? "\(name) of no known version"
                versions.append(version)
                if version.split(separator: " ").last != versions[0].split(separator: " ").last {
                    wrong.append("\(version) (\(path))")
                }
            } catch {
                return .fail("programs", error.message, advice)
            }
        }
        guard wrong.isEmpty else {
            return .fail("programs", "\(versions[0]) works with \(wrong.joined(separator: " and "))", advice)
        }
        return .ok("programs", versions.joined(separator: ", "))
    }

    /// nil when it does not say.
    private func version(of program: FilePath) async -> String? {
        let run = BuildRun(command: [program.string, "--version"], directory: "/", environment: environment)
        var said: String?
        do {
            for try await event in run.events() {
                switch event {
                case .line(let line): said = said ?? line
                case .ended(let code): return code == 0 ? said : nil
                }
            }
        } catch {
            // It cannot be executed: what has no version is reported.
        }
        return nil
    }

    private func curl() -> Finding {
        do {
            _ = try CurlClient()
            return .ok("libcurl", "can be loaded")
        } catch {
            return .fail(
                "libcurl", "\(error)", "install libcurl 4 (Debian: libcurl4); probes and shop commands need it")
        }
    }

    private func regularExpressions() -> Finding {
        do {
            try LogReader.checkRegularExpressions()
            return .ok("libpcre2", "can be loaded")
        } catch {
            return .fail("libpcre2", "\(error)", "install libpcre2-8 (Debian: libpcre2-8-0); logs --grep needs it")
        }
    }

    /// Only what the project's services are built with.
    private func builders(_ project: Project?) -> [Finding] {
        var users: [String: [String]] = [:]
        for service in project?.services ?? [] {
            switch service.build?.recipe {
            case .swift: users["swift", default: []].append(service.name)
            case .command(let words) where !words[0].contains("/"): users[words[0], default: []].append(service.name)
            case .command, nil: break
            }
        }
        return users.sorted { $0.key < $1.key }.map { tool, services in
            if let path = Self.find(tool, environment["PATH"] ?? "") { return .ok("build tools", "\(tool) at \(path)") }
            return .fail(
                "build tools", "there is no \(tool) on PATH, which builds \(services.joined(separator: ", "))",
                "install it, or start what was built elsewhere with 'msctl up --no-build'")
        }
    }

    private static func find(_ name: String, _ path: String) -> String? {
        path.split(separator: ":").map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
