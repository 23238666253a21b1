extension MappingShape {
    /// A manifest.
    static let project: MappingShape = MappingShape(
        "manifest", refused: RefusedWord.project,
        [
            Key("name", ProjectName.form, "The project's name; its directory's name by default."),
            Key("version", .text, "Obsolete in Compose; means nothing."),
            Key(
                "include", .list(of: .either([.nonEmptyText, .mapping(.include)])),
                "Other projects' manifests, whose services and secrets are added as they are."),
            Key(
                "services", .names(of: .mapping(.service), pattern: EntityName.pattern, allowsNothing: true),
                "The services by name."),
            Key(
                "secrets", .names(of: .mapping(.secret), pattern: EntityName.pattern),
                "Values that services read from files; a service lists those it gets."),
        ])

    static let include: MappingShape = MappingShape(
        "include",
        [
            Key("path", .texts, "The manifest, or several that are merged in order."),
            Key("project_directory", .nonEmptyText, "Where relative paths in it begin; its own directory by default."),
            Key("env_file", .texts, "Defaults of variables in it; the .env of its directory by default."),
        ])

    static let secret: MappingShape = MappingShape(
        "secret", refused: RefusedWord.secret,
        [
            Key("file", .nonEmptyText, "An existing file that holds the value."),
            Key("environment", ScalarForm.variableName, "The variable of msctl's environment that holds the value."),
            Key("generate", ScalarForm.boolean, "true: made once, 32 random bytes as base64url."),
            Key(
                "overlap", ScalarForm.boolean,
                "true: may hold several values, a line each, so that it can be rotated."),
        ])

    static let extends: MappingShape = MappingShape(
        "extends",
        [
            Key("service", .nonEmptyText, "The service to build on."),
            Key("file", .nonEmptyText, "The manifest it is in; this one by default."),
        ])
}
