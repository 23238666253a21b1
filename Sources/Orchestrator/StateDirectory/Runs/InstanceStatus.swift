/// What an instance is doing, as `msctl status` shows it.
package enum InstanceState: String, Sendable, Codable, CaseIterable {
    /// Wanted, but something it depends on is not ready yet.
    case waiting
    /// Its process was launched and is not ready yet.
    case starting
    /// Its process runs, and is ready if there is a way to tell.
    case running
    /// Asked to stop; its process or something of its tree still runs.
    case stopping
    /// Stopped because somebody asked for it.
    case stopped
    /// Ended by itself and is not to be restarted.
    case exited
    /// Ended by itself and waits for its next start.
    case backoff
    /// Ended too often in too short a time.
    case crashLooping = "crash-looping"
    /// Could not be started at all.
    case failed
    /// Not started because something it depends on failed.
    case skipped

    /// Whether a process of this instance may be alive.
    package var isAlive: Bool { self == .starting || self == .running || self == .stopping }
}

/// What the probes say of an instance.
package enum InstanceHealth: String, Sendable, Codable {
    /// Nothing tells; there is no probe.
    case none
    case starting
    case healthy
    case unhealthy
}

/// How a process ended.
package enum ExitStatus: Sendable, Hashable, Codable {
    case code(Int32)
    case signal(Int32)
    /// Its shim was killed, so nobody could wait for it; what was left of it has been ended.
    case unknown

    package var isSuccess: Bool { self == .code(0) }

    /// As it is said in reasons and events; what stands before it there is what the supervisor knows beyond it.
    package var sentence: String {
        switch self {
        case .code(let code): "exited with code \(code)"
        case .signal(let signal): "killed by signal \(signal)"
        case .unknown: "ended when its shim was killed"
        }
    }
}

/// What one probe came to, kept for `status` and `up` to show.
package struct ProbeReport: Sendable, Hashable, Codable {
    package enum Outcome: String, Sendable, Codable {
        case passed
        case refused
        case timedOut = "timed-out"
        case wrongStatus = "wrong-status"
        case wrongBody = "wrong-body"
        /// Something answered, but the port belongs to a process that is not the service's.
        case foreignProcess = "foreign-process"
        case failed
    }
    /// Which of a service's probes asked.
    package enum Kind: String, Sendable, Codable {
        case startup, readiness, liveness
    }
    /// How many results of one kind are kept of an instance.
    package static let keptResults = 5

    package var kind: Kind = .readiness
    /// Milliseconds since 1970.
    package var time: Int64
    package var outcome: Outcome
    package var latencyMilliseconds: Double
    /// One line: what was asked and what came back.
    package var detail: String
    /// The first bytes of the answer, at most 200.
    package var body: String?

    package init(time: Int64, outcome: Outcome, latencyMilliseconds: Double, detail: String, body: String? = nil) {
        self.time = time
        self.outcome = outcome
        self.latencyMilliseconds = latencyMilliseconds
        self.detail = detail
        self.body = body
    }
}

/// Everything that is known of an instance at one moment, as kept in `state.db` and sent to watchers.
package struct InstanceStatus: Sendable, Hashable, Codable {
    package var instance: InstanceID
    /// The current or last run; 0 before the first.
    package var run: Int = 0
    package var state: InstanceState
    package var health: InstanceHealth = .none
    /// While starting: the probe whose pass is waited for, startup or readiness.
    package var awaits: ProbeReport.Kind?
    /// The service's own process, while it lives.
    package var pid: Int32?
    package var port: UInt16?
    /// When `state` was entered; milliseconds since 1970.
    package var since: Int64
    /// Restarts that the supervisor made by itself since the last time somebody started the instance.
    package var restarts: Int = 0
    package var exit: ExitStatus?
    /// When it is started again, while it waits for that; milliseconds since 1970.
    package var nextStart: Int64?
    /// One sentence when it is not well, or what it waits for.
    package var reason: String?
    package var probe: ProbeReport?
    /// Whether somebody wants it to run.
    package var wanted: Bool = true
    /// Whether it is to be forgotten once it has ended: `down`, or a service that the manifests no longer name.
    package var leaving: Bool = false
    /// Whether the supervisor has nothing more to do for it: it is ready, or has ended, or needs a person.
    package var settled: Bool = false
    /// An extra instance that carries the load while the others of its service are replaced.
    package var isSurge: Bool = false
    /// It is to stop, in an order that its dependents decide; kept so that a daemon that comes next goes on with it.
    package var stop: StopIntent?
    /// When it was last launched; CLOCK_MONOTONIC ms.
    package var launchedAt: Int64?
    /// Restarts that still count against its budget; CLOCK_MONOTONIC ms.
    package var recentRestarts: [Int64] = []
    /// Restarts since its last stable run.
    package var restartStreak = 0

    /// What an older daemon did not know of is as in a new instance: an upgrade takes over what runs.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func value<Value: Decodable>(_ key: CodingKeys, or missing: Value) throws -> Value {
            try values.decodeIfPresent(Value.self, forKey: key) ?? missing
        }
        instance = try values.decode(InstanceID.self, forKey: .instance)
        state = try values.decode(InstanceState.self, forKey: .state)
        since = try value(.since, or: 0)
        run = try value(.run, or: 0)
        health = try value(.health, or: .none)
        awaits = try value(.awaits, or: nil)
        pid = try value(.pid, or: nil)
        port = try value(.port, or: nil)
        restarts = try value(.restarts, or: 0)
        exit = try value(.exit, or: nil)
        nextStart = try value(.nextStart, or: nil)
        reason = try value(.reason, or: nil)
        probe = try? value(.probe, or: nil)
        wanted = try value(.wanted, or: true)
        leaving = try value(.leaving, or: false)
        settled = try value(.settled, or: false)
        isSurge = try value(.isSurge, or: false)
        stop = try value(.stop, or: nil)
        launchedAt = try value(.launchedAt, or: nil)
        recentRestarts = try value(.recentRestarts, or: [])
        restartStreak = try value(.restartStreak, or: 0)
    }

    package init(instance: InstanceID, state: InstanceState, since: Int64) {
        self.instance = instance
        self.state = state
        self.since = since
    }
}

/// What is to become of an instance that somebody has asked to stop.
package struct StopIntent: Sendable, Hashable, Codable {
    /// Milliseconds, instead of the service's own.
    package var grace: Int?
    package var startAgain: Bool
    /// Its clients are given time to notice that it is no longer in endpoints.json.
    package var drains: Bool

    package init(grace: Int?, startAgain: Bool, drains: Bool = false) {
        self.grace = grace
        self.startAgain = startAgain
        self.drains = drains
    }
}

/// A process that cannot be mistaken for another that got its number later.
package struct ProcessReference: Sendable, Hashable, Codable {
    package var pid: Int32
    /// Field 22 of /proc/PID/stat: clock ticks since boot.
    package var startTicks: UInt64

    package init(pid: Int32, startTicks: UInt64) {
        self.pid = pid
        self.startTicks = startTicks
    }
}
