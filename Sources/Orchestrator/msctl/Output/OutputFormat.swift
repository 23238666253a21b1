import ArgumentParser

/// How a command's result is printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table
    case json
}
