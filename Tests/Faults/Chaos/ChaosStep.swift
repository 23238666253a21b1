import TestSupport

/// One thing that a bad day brings.
enum ChaosStep: Sendable, CustomStringConvertible {
    /// Commands, to their end.
    case command([String])
    /// The same, the command killed after so many milliseconds.
    case killedCommand([String], after: Int)
    /// The same, something else killed meanwhile; again and again while the command is under way.
    case faultDuring([String], every: Int, Fault)
    case fault(Fault)
    /// So many faults at once.
    case faults([Fault])
    /// The manifest becomes another, then `up`.
    case change(Change, killAfter: Int?)

    enum Fault: Sendable, CustomStringConvertible {
        case killDaemon
        case killDaemonAndShim
        case killDaemonShim
        /// Of a random run.
        case killShim
        /// The service process of a random run gets the signal.
        case signalService(Int32)
        /// A process of a random run that is not the service's own.
        case killDescendant

        var description: String {
            switch self {
            case .killDaemon: "SIGKILL of the daemon"
            case .killDaemonAndShim: "SIGKILL of the daemon and its shim"
            case .killDaemonShim: "SIGKILL of the daemon's shim"
            case .killShim: "SIGKILL of a shim"
            case .signalService(let signal): "signal \(signal) to a service"
            case .killDescendant: "SIGKILL of a descendant"
            }
        }
    }

    enum Change: Sendable {
        case definition(String)
        case replicas(String, Int)
        case extra
    }

    var description: String {
        switch self {
        case .command(let words): words.joined(separator: " ")
        case .killedCommand(let words, let after): "\(words.joined(separator: " ")), killed after \(after) ms"
        case .faultDuring(let words, let every, let fault):
            "\(words.joined(separator: " ")), every \(every) ms a \(fault)"
        case .fault(let fault): fault.description
        case .faults(let faults): faults.map(\.description).joined(separator: ", ")
        case .change(let change, let killAfter):
            "\(change), then up" + (killAfter.map { ", killed after \($0) ms" } ?? "")
        }
    }
}

/// Chooses steps.
struct ChaosDice {
    private var random: SplitMix

    init(seed: UInt64) { random = SplitMix(seed: seed) }

    mutating func number(below limit: Int) -> Int { Int.random(in: 0..<max(1, limit), using: &random) }
    mutating func pick<Value>(_ values: [Value]) -> Value { values[number(below: values.count)] }

    mutating func step(_ manifest: ChaosManifest) -> ChaosStep {
        switch number(below: 20) {
        case 0...4: .fault(fault())
        case 5...6: .faults((0..<(2 + number(below: 5))).map { _ in fault() })
        case 7...9: .command(command(manifest))
        case 10...11: .killedCommand(command(manifest), after: number(below: 600))
        case 12...15: .faultDuring(command(manifest), every: 5 + number(below: 400), fault())
        default: .change(change(manifest), killAfter: number(below: 3) == 0 ? number(below: 600) : nil)
        }
    }

    private mutating func fault() -> ChaosStep.Fault {
        switch number(below: 12) {
        case 0...2: .killDaemon
        case 3: .killDaemonAndShim
        case 4: .killDaemonShim
        case 5...6: .killShim
        case 7: .killDescendant
        default: .signalService(pick([9, 9, 9, 15, 11, 6]))
        }
    }

    private mutating func command(_ manifest: ChaosManifest) -> [String] {
        let name = pick(manifest.services)
        switch number(below: 12) {
        case 0...2: return ["up"]
        case 3...5: return ["restart", name]
        case 6: return ["restart"]
        case 7: return ["stop", name]
        case 8: return ["start", name]
        case 9: return ["kill", name]
        case 10: return ["daemon", "restart"]
        default: return ["down"]
        }
    }

    private mutating func change(_ manifest: ChaosManifest) -> ChaosStep.Change {
        switch number(below: 6) {
        case 0: .extra
        case 1: .replicas("api", 1 + number(below: 3))
        case 2: .replicas("worker", 1 + number(below: 4))
        default: .definition(pick(manifest.services))
        }
    }
}
