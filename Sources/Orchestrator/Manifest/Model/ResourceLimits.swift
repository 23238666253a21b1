/// What a service's processes may use: `ulimits` by setrlimit(2), the rest by the instance's cgroup.
package struct ResourceLimits: Sendable, Hashable, Codable {
    /// One of `ulimits:`, for each process. nil is "unlimited".
    package struct Ulimit: Sendable, Hashable, Codable {
        /// Compose's name: nofile, core, nproc, fsize, memlock, stack, as, cpu, data, rss, sigpending, msgqueue, nice, rtprio.
        package var name: String
        package var soft: UInt64?
        package var hard: UInt64?

        package init(name: String, soft: UInt64?, hard: UInt64?) {
            self.name = name
            self.soft = soft
            self.hard = hard
        }
    }
    package var ulimits: [Ulimit] = []
    /// `mem_limit`, `deploy.resources.limits.memory`: bytes of the whole tree (cgroup `memory.max`).
    package var memoryBytes: UInt64?
    /// `pids_limit`, `deploy.resources.limits.pids`: processes and threads of the whole tree (cgroup `pids.max`).
    package var pids: Int?
    /// `cpus`, `deploy.resources.limits.cpus`: cores of the whole tree (cgroup `cpu.max`).
    package var cpus: Double?

    package init() {}
}
