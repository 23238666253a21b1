import StateDirectory

/// What has changed since the supervisor last settled, so that settling costs what has changed and not what there is.
struct Agenda {
    /// Instances whose status may be news.
    private(set) var instances: Set<InstanceID> = []
    /// Services of which an instance has changed: their dependents are to be asked again.
    private(set) var services: Set<String> = []
    /// endpoints.json may be out of date.
    var endpoints = false
    /// Somebody waits for a stop, or has been told to.
    var stops = false

    var isEmpty: Bool { instances.isEmpty && services.isEmpty && !endpoints && !stops }

    mutating func changed(_ id: InstanceID) {
        instances.insert(id)
        services.insert(id.service)
        stops = true
    }

    /// Hands out what there is and begins anew.
    mutating func take() -> Agenda {
        defer { self = Agenda() }
        return self
    }
}
