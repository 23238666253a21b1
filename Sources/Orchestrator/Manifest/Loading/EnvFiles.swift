import SystemPackage

/// Reads the env files that feed interpolation: `.env`, and `env_file` of an include.
struct EnvFiles {
    let load: LoadContext

    /// The optional `.env` of each directory, later ones over earlier ones, all below `variables`.
    func defaults(in directories: [FilePath], below variables: Variables) -> Variables {
        var values: [String: String] = [:]
        for directory in directories {
            let file = directory.appending(".env")
            do {
                values.merge(try read(file, variables, over: values)) { $1 }
            } catch TextFile.Failure.missing {
                // The file is optional.
            } catch {
                load.findings.report("the file \(error.reason)", in: load.shown(file))
            }
        }
        return variables.over(values)
    }

    /// Files that must be there, each with the place that names it.
    func values(of files: [Placed<FilePath>], below variables: Variables) -> Variables {
        var values: [String: String] = [:]
        // Compose's way to say "none, not even .env".
        for file in files where file.value != "/dev/null" {
            do {
                values.merge(try read(file.value, variables, over: values)) { $1 }
            } catch {
                load.findings.report("the env file '\(load.shown(file.value))' \(error.reason)", at: file.place)
            }
        }
        return variables.over(values)
    }

    private func read(
        _ file: FilePath, _ variables: Variables, over values: [String: String]
    ) throws(TextFile.Failure) -> [String: String] {
        let text = try load.record.read(file)
        return EnvFile(file: load.shown(file), variables: variables, findings: load.findings, defaults: values)
            .read(text)
    }
}
