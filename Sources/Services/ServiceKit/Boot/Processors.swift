import CLinux
import NIOCore

/// Fits the process to the processors that it may use, which need not be all there are.
enum Processors {
    /// To be called before anything else: one event loop for each processor, more would only take turns.
    static func use() {
        let count = Int(clinux_processors())
        if count > 0 { NIOSingletons.groupLoopCountSuggestion = count }
    }
}
