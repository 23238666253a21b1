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
        later("include", instead: "put the files into manifests/, or name each with -f")
        + container("networks", instead: "services reach each other by their ports and the *_URL variables")
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
        later("extends", instead: "use a YAML anchor, or a further file that is merged")
        + later("develop", instead: "run msctl up again after a change")
        + later("logging", instead: "use logs: { retain: 200MB, runs: 20 }")
        + later("labels", "label_file", "annotations", instead: "use x-… for notes of your own")
        + later("user", "group_add", instead: "run msctl as that user")
        + later("ulimits", "umask", instead: "set it in the shell that runs msctl up")
        + later("mem_limit", "mem_reservation", "mem_swappiness", "memswap_limit", "pids_limit", "oom_kill_disable")
        + later("cpus", "cpu_count", "cpu_percent", "cpu_period", "cpu_quota", "cpu_rt_period", "cpu_rt_runtime")
        + later("cpu_shares", "cpuset", "blkio_config", "oom_score_adj")
        + later("sockets", "attach", "post_start", "pre_stop", "pre_start")

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
        later("resources", "labels", "update_config", "rollback_config", "mode")
        + container("placement", "endpoint_mode", instead: "all services run on this machine")

    static let secret: [RefusedWord] =
        later("environment", instead: "use file or generate")
        + container(
            "external", "name", "driver", "driver_opts", "template_driver", "labels", instead: "use file or generate")

    static let secretUse: [RefusedWord] =
        container("target", "uid", "gid", "mode", instead: "the secret's file is named by its NAME_FILE variable")

    static let port: [RefusedWord] =
        container("host_ip", "mode", "name", "app_protocol", instead: "the service itself decides where it listens")

    static let envFile: [RefusedWord] = later("format")
}
