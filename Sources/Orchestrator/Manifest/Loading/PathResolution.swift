import SystemPackage

/// Makes the relative paths of one file absolute, each from the directory that the file's paths begin at: afterwards the
/// file may be merged with others from elsewhere.
struct PathResolution {
    let directory: FilePath

    func resolve(_ root: ManifestNode) -> ManifestNode {
        root
            .replacing("services") { services in services.mappingValues { _, service in resolveService(service) } }
            .replacing("secrets") { secrets in
                secrets.mappingValues { _, secret in secret.replacing("file", with: path) }
            }
    }

    private func resolveService(_ service: ManifestNode) -> ManifestNode {
        service
            .replacing("working_dir", with: path)
            .replacing("build") { $0.replacing("context", with: path) }
            .replacing("env_file") { files in files.mappingItems { path($0.replacing("path", with: path)) } }
            .replacing("develop") { develop in
                develop.replacing("watch") { rules in rules.mappingItems { $0.replacing("path", with: path) } }
            }
            .replacing("sockets") { sockets in
                sockets.mappingValues { _, socket in socket.replacing("path", with: path) }
            }
    }

    /// What is no text, or none that a path could be, stays for the reader to refuse; so does one with a variable that has
    /// a value only when an instance is launched.
    private func path(_ node: ManifestNode) -> ManifestNode {
        guard let scalar = node.scalar, !scalar.text.isEmpty, !scalar.text.contains("\0"),
            !Service.launchVariables.contains(where: { scalar.text.contains("${\($0)}") })
        else { return node }
        var result = node
        let text = PathText.absolute(scalar.text, in: directory).string
        result.content = .scalar(.init(text: text, style: scalar.style))
        return result
    }
}
