import SystemPackage

/// Reads `NAME=value` files in Compose's syntax: comments, `export`, quotes over several lines, variables.
struct EnvFile {
    /// As problems show it.
    let file: FilePath
    /// What variables in values stand for, before what the file itself sets.
    let variables: Variables
    let findings: Findings
    /// What they stand for when nothing else sets them.
    var defaults: [String: String] = [:]
    /// Whether values may name what is known only at launch: in a service's file yes, in `.env` no.
    var keepsLaunchVariables = false

    /// Later lines win. A name without a value takes it from ``variables``, and is left out when it has none there.
    func read(_ text: String) -> [String: String] {
        var values: [String: String] = [:]
        var scanner = EnvFileScanner(text)
        while true {
            do {
                guard let line = try scanner.next() else { return values }
                let place = Place(file: file, line: line.line, column: line.column)
                switch line.value {
                case .inherited: values[line.name] = variables[line.name]
                case .literal(let value): values[line.name] = value
                case .template(let template):
                    let known = variables.over(values).over(defaults)
                    values[line.name] = Interpolation(variables: known, findings: findings)
                        .expand(template, at: place, keepsLaunchVariables: keepsLaunchVariables)
                }
            } catch {
                let place = Place(file: file, line: error.line, column: error.column)
                findings.report(error.message, at: place)
                scanner.skipLine()
            }
        }
    }
}
