extension Duration {
    /// Rounded towards zero; enough for 292 years.
    package var wholeNanoseconds: Int64 {
        let time = attoseconds
        // Nine seconds and less fit into half as many bits, which are divided in a fifth of the time.
        if let short = Int64(exactly: time) { return short / 1_000_000_000 }
        return Int64(time / 1_000_000_000)
    }

    /// Rounded to the nearest one.
    var roundedMicroseconds: Int64 {
        let nanoseconds = wholeNanoseconds
        return (nanoseconds + (nanoseconds < 0 ? -500 : 500)) / 1000
    }
}
