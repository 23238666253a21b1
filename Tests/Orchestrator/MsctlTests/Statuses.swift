import StateDirectory

/// The first replica of a service.
func instance(_ service: String) -> InstanceID { InstanceID(service: service, replica: 1) }

/// What is known of an instance, as far as a test cares.
func status(
    _ state: InstanceState, _ health: InstanceHealth, settled: Bool = true, exit: ExitStatus? = nil,
    service: String = "a"
) -> InstanceStatus {
    var status = InstanceStatus(instance: instance(service), state: state, since: 0)
    status.health = health
    status.settled = settled
    status.exit = exit
    return status
}
