using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "worker", worker = (
      modules = [
        # modules
      ],
      compatibilityDate = "2026-07-01",
      compatibilityFlags = ["nodejs_compat"],
      bindings = [
        (name = "API", fromEnvironment = "API"),
        (name = "ORANGE_CLIENT_ID", fromEnvironment = "ORANGE_CLIENT_ID"),
        (name = "ORANGE_CLIENT_SECRET", fromEnvironment = "ORANGE_CLIENT_SECRET"),
      ],
    )),
    (name = "internet", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "worker")],
);
