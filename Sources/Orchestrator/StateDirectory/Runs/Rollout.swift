/// A start-first replacement of a service's instances, one after another, under the cover of an extra one.
package struct Rollout: Sendable, Hashable, Codable {
    package enum Phase: Sendable, Hashable, Codable {
        /// The extra instance is on its way to readiness.
        case surging
        /// The replicas are replaced one by one; the one under way.
        case replacing(InstanceID)
        /// The extra instance is drained and stopped.
        case settling
        case done
        /// Why; what was not yet replaced runs as before.
        case failed(String)
    }
    package var service: String
    package var phase: Phase
    /// The extra instance.
    package var surge: InstanceID
    /// Those still to be replaced, the one under way not among them.
    package var remaining: [InstanceID]
    /// The run of the one under way before it is replaced: what is ready by that run has not been replaced yet.
    package var formerRun = 0
    /// Milliseconds to stop in, instead of the service's own.
    package var grace: Int?

    package init(service: String, phase: Phase, surge: InstanceID, remaining: [InstanceID], grace: Int? = nil) {
        self.service = service
        self.phase = phase
        self.surge = surge
        self.remaining = remaining
        self.grace = grace
    }

    package var isUnderWay: Bool {
        switch phase {
        case .surging, .replacing, .settling: true
        case .done, .failed: false
        }
    }
}
