import StateDirectory

/// A line that `--where` is asked of, and the values of its fields.
struct WhereSubject {
    let file: LogFile
    let bytes: ArraySlice<UInt8>
    let fields: LineFields
    let context: LineContext

    /// A value as text, however it was written.
    struct Value {
        let bytes: ArraySlice<UInt8>
        /// A string; otherwise a number, Boolean, null, object or array as it stands.
        let isText: Bool

        init(_ bytes: ArraySlice<UInt8>, isText: Bool) {
            self.bytes = bytes
            self.isText = isText
        }

        init(_ text: String) { self.init(Array(text.utf8)[...], isText: true) }

        var isNull: Bool { !isText && bytes.elementsEqual("null".utf8) }
        var isFalse: Bool { !isText && bytes.elementsEqual("false".utf8) }
        var number: Double? {
            // No number is longer, and most texts are.
            bytes.count <= 64 ? Double(String(decoding: bytes, as: UTF8.self)) : nil
        }
    }

    /// nil when there is no such field, or its value is null.
    func value(of field: WhereField) -> Value? {
        let value: Value? =
            switch field {
            case .level: Value(context.severity.name)
            case .time: Value(context.time.text)
            case .service: Value(file.run.instance.service)
            case .instance: Value(file.run.instance.description)
            case .run: Value(Array(String(file.run.run).utf8)[...], isText: false)
            case .stream: Value(file.stream.rawValue)
            case .message:
                fields.message.kind == .missing ? Value(bytes, isText: true) : value(fields.message, in: bytes)
            case .trace: value(fields.trace, in: bytes)
            case .span: value(fields.span, in: bytes)
            case .request: value(fields.request, in: bytes)
            case .record(let names): member(names[...], of: bytes)
            }
        return value?.isNull == true ? nil : value
    }

    private func value(_ field: FieldText, in object: ArraySlice<UInt8>) -> Value? {
        switch field.kind {
        case .missing: nil
        case .plain: Value(field.bytes(in: object), isText: true)
        case .escaped: Value(Array(JSONText.unescaped(field.bytes(in: object)).utf8)[...], isText: true)
        case .other: Value(field.bytes(in: object), isText: false)
        }
    }

    /// A member of an object, from the outside in; of `http.status` first a key of that very name, then `status` in `http`.
    private func member(_ names: ArraySlice<String>, of object: ArraySlice<UInt8>) -> Value? {
        for length in stride(from: names.count, to: 0, by: -1) {
            let key = names.prefix(length).joined(separator: ".")
            guard let found = field(key, of: object) else { continue }
            let rest = names.dropFirst(length)
            if rest.isEmpty { return value(found, in: object) }
            if let inner = member(rest, of: found.bytes(in: object)) { return inner }
        }
        return nil
    }

    /// The first of that name.
    private func field(_ key: String, of object: ArraySlice<UInt8>) -> FieldText? {
        var found: FieldText?
        LineScanner.forEachField(of: object) { range, value in
            if found == nil, object[range].elementsEqual(key.utf8) { found = value }
        }
        return found
    }
}
