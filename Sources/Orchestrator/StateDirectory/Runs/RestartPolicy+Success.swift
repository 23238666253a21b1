import Manifest

extension RestartPolicy {
    /// Whether the service did what it was meant to: exit code 0 or one that its manifest names.
    package func isSuccess(_ exit: ExitStatus) -> Bool {
        switch exit {
        case .code(let code): code == 0 || successCodes.contains(code)
        case .signal, .unknown: false
        }
    }
}
