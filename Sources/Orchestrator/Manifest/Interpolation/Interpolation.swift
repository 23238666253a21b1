/// Puts the values of variables into texts, and reports what is missing.
struct Interpolation {
    let variables: Variables
    let findings: Findings

    /// The text with its variables replaced; nil when it cannot be done, which has been reported.
    ///
    /// A launch variable (``Service/launchVariables``) stays in the text as `${NAME}`, whatever the environment says; it
    /// is an error where nothing is put in at launch.
    func expand(_ text: String, at place: Place, keepsLaunchVariables: Bool) -> String? {
        guard text.contains("$") else { return text }
        do {
            return try expand(Template(text), at: place, keepsLaunchVariables: keepsLaunchVariables)
        } catch {
            findings.report(error.message, at: place, hint: error.hint)
            return nil
        }
    }

    private func expand(
        _ template: Template, at place: Place, keepsLaunchVariables: Bool
    ) throws(Template.SyntaxError) -> String {
        var text = ""
        for part in template.parts {
            switch part {
            case .literal(let literal): text += literal
            case .variable(let name, let modifier) where Service.launchVariables.contains(name):
                try checkLaunch(name, modifier, allowed: keepsLaunchVariables)
                text += "${\(name)}"
            case .variable(let name, let modifier):
                let found = variables[name]
                let value = modifier?.emptyIsUnset == true && found?.isEmpty == true ? nil : found
                switch (modifier?.kind, value) {
                case (nil, nil):
                    findings.warn(
                        "the variable '\(name)' is not set, an empty string is used", at: place,
                        hint: "set it, or write ${\(name):-default}")
                case (nil, let value?), (.fallback, let value?), (.required, let value?): text += value
                case (.fallback, nil), (.alternative, .some):
                    text += try word(of: modifier, at: place, keepsLaunchVariables: keepsLaunchVariables)
                case (.alternative, nil): break
                case (.required, nil):
                    let reason = try word(of: modifier, at: place, keepsLaunchVariables: keepsLaunchVariables)
                    throw Template.SyntaxError(
                        message: "the variable '\(name)' must be set" + (reason.isEmpty ? "" : ": \(reason)"))
                }
            }
        }
        return text
    }

    private func word(
        of modifier: Template.Modifier?, at place: Place, keepsLaunchVariables: Bool
    ) throws(Template.SyntaxError) -> String {
        guard let modifier else { return "" }
        return try expand(modifier.word, at: place, keepsLaunchVariables: keepsLaunchVariables)
    }

    private func checkLaunch(
        _ name: String, _ modifier: Template.Modifier?, allowed: Bool
    ) throws(Template.SyntaxError) {
        guard allowed else {
            throw Template.SyntaxError(
                message: "the variable '\(name)' has a value only when the service is launched",
                hint: "it can stand in command, entrypoint and environment")
        }
        guard modifier == nil else {
            throw Template.SyntaxError(
                message: "the variable '\(name)' always has a value when the service is launched",
                hint: "write ${\(name)}")
        }
    }
}
