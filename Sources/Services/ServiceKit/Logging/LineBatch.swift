/// Finished log lines that are written together, by whoever has them, when he is done with what is at hand. Whole lines in
/// pieces that a pipe takes at once (PIPE_BUF of pipe(7)), so that they never mix with those of others.
package final class LineBatch {
    private static let pieceSize = 4096

    private let sink: LogSink
    private var writer = JSONWriter(reserving: 16 * 1024)
    /// Where the lines end that begin a new piece.
    private var pieces: [Int] = []
    private var lineStart = 0

    init(sink: LogSink) {
        self.sink = sink
    }

    /// Adds the line that `body` writes, its end included.
    func add(_ body: (inout JSONWriter) -> Void) {
        body(&writer)
        let pieceStart = pieces.last ?? 0
        if writer.bytes.count - pieceStart > Self.pieceSize, lineStart > pieceStart { pieces.append(lineStart) }
        lineStart = writer.bytes.count
    }

    /// Writes what there is.
    package func flush() {
        guard lineStart > 0 else { return }
        if pieces.isEmpty {
            sink.write(writer.bytes)
        } else {
            var start = 0
            for end in pieces + [lineStart] {
                sink.write(Array(writer.bytes[start..<end]))
                start = end
            }
            pieces.removeAll(keepingCapacity: true)
        }
        writer.clear()
        lineStart = 0
    }
}
