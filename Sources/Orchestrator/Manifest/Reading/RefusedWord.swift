/// A word of Compose that is known and refused: with the reason, and what to do instead.
struct RefusedWord: Sendable, Hashable {
    var word: String
    /// Completes "'image' in service 'a' …".
    var reason: String
    var advice: String?

    /// Makes sense only where there is a container.
    static func container(_ words: String..., instead advice: String) -> [RefusedWord] {
        words.map { RefusedWord(word: $0, reason: "needs a container, and msctl runs processes", advice: advice) }
    }

    /// Makes sense for a process, but is not there yet.
    static func later(_ words: String..., instead advice: String? = nil) -> [RefusedWord] {
        words.map { RefusedWord(word: $0, reason: "is not supported yet", advice: advice) }
    }

    static let project: [RefusedWord] =
        container("networks", instead: "services reach each other by their ports and the *_URL variables")
        + container("volumes", instead: "each service has a directory of its own in MSCTL_DATA_DIR")
        + container("configs", instead: "use environment, env_file, or a file in working_dir")
        + container("models", instead: "run the model's server as a service")

    static let service: [RefusedWord] = containerService + laterService

    private static let containerService: [RefusedWord] =
        container("image", instead: "use command, and build to make the program")
        + container("container_name", instead: "instances are called SERVICE.REPLICA")
        + container("networks", "network_mode", instead: "use ports; a dependency's address is in its *_URL variable")
        + container(
            "links", "external_links", instead: "use depends_on; a dependency's address is in its *_URL variable")
        + container("expose", instead: "use ports")
        + container("volumes", "volumes_from", "tmpfs", instead: "write to the directory in MSCTL_DATA_DIR")
        + container("configs", instead: "use environment, env_file, or a file in working_dir")
        + container("hostname", "domainname", "mac_address", instead: "every service has the machine's own name")
        + container(
            "dns", "dns_opt", "dns_search", "extra_hosts", instead: "every service resolves as the machine does")
        + container(
            "privileged", "cap_add", "cap_drop", "security_opt", "userns_mode", "credential_spec",
            instead: "a service has the rights of the user who runs msctl")
        + container("devices", "device_cgroup_rules", "gpus", instead: "a service sees the machine's devices")
        + container(
            "ipc", "pid", "uts", "cgroup", "cgroup_parent", "isolation", "sysctls",
            instead: "services share the machine's namespaces")
        + container("platform", "pull_policy", "runtime", "use_api_socket", instead: "use build and command")
        + container("read_only", "shm_size", "storage_opt", instead: "services share the machine's file systems")
        + container("tty", "stdin_open", instead: "services have no terminal; use a flag of the program")
        + container("init", instead: "leave it out: every service has a parent that reaps its processes")
        + container("provider", "models", instead: "run it as a service with command")

    private static let laterService: [RefusedWord] =
        later("logging", instead: "use logs: { retain: 200MB, runs: 20 }")
        + later("labels", "label_file", "annotations", instead: "use x-… for notes of your own")
        + later("mem_reservation", "mem_swappiness", "memswap_limit", "oom_kill_disable", instead: "use mem_limit")
        + later(
            "cpu_count", "cpu_percent", "cpu_period", "cpu_quota", "cpu_rt_period", "cpu_rt_runtime", "cpu_shares",
            "cpuset", instead: "use cpus")
        + later("blkio_config", "oom_score_adj", "attach", "post_start", "pre_stop", "pre_start")

    static let build: [RefusedWord] =
        container(
            "dockerfile", "dockerfile_inline", "args", "target", "cache_from", "cache_to", "additional_contexts",
            instead: "use swift: PRODUCT, or command: [...]")
        + container(
            "no_cache", "pull", "platforms", "privileged", "shm_size", "network", "isolation", "extra_hosts",
            instead: "use swift: PRODUCT, or command: [...]")
        + container(
            "entitlements", "labels", "tags", "ssh", "secrets", "ulimits", "provenance", "sbom",
            instead: "use swift: PRODUCT, or command: [...]")

    static let deploy: [RefusedWord] =
        later("labels", "mode")
        + later("rollback_config", instead: "use update_config with order: start-first, which keeps the old ones")
        + container("placement", "endpoint_mode", instead: "all services run on this machine")

    static let resources: [RefusedWord] = later("reservations", instead: "use limits")

    static let updateConfig: [RefusedWord] =
        later("monitor", instead: "use a healthcheck: what is not ready does not replace what runs")
        + later("max_failure_ratio", instead: "the first instance that fails stops the update")

    static let watch: [RefusedWord] =
        container("target", "exec", "initial_sync", instead: "a process runs where its files are; leave it out")

    static let secret: [RefusedWord] =
        container(
            "external", "name", "driver", "driver_opts", "template_driver", "labels",
            instead: "use file, environment or generate")

    static let secretUse: [RefusedWord] =
        container("target", "uid", "gid", "mode", instead: "the secret's file is named by its NAME_FILE variable")

    static let port: [RefusedWord] =
        container("host_ip", "mode", "name", "app_protocol", instead: "the service itself decides where it listens")

    static let envFile: [RefusedWord] = later("format")
}
