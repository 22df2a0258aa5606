import type { Call } from "../call";
import { ago } from "../render/time";
import { defaultsOf, typed } from "./modelConfig";

/** What a controller has set: its users, its own settings, the defaults of its models. */

export const users = async (call: Call): Promise<number> => {
  const created = call.inController((controller, rack) => ago(controller.created, rack.now));
  const list: Record<string, string>[] = [
    {
      "user-name": "admin",
      "display-name": "admin",
      access: "superuser",
      "date-created": created,
      "last-connection": "just now",
    },
  ];
  if (call.profile.major === 4)
    list.push(
      {
        "user-name": "juju-metrics",
        "display-name": "Juju Metrics",
        access: "login",
        "date-created": created,
        "last-connection": "never connected",
      },
      { "user-name": "everyone@external", access: "" },
    );
  return call.show(list);
};

/** Juju 4's settings of a controller. */
const CONTROLLER: Record<string, unknown> = {
  "agent-logfile-max-backups": 2,
  "agent-logfile-max-size": "100M",
  "api-port": 17070,
  "audit-log-capture-args": false,
  "audit-log-exclude-methods": "ReadOnlyMethods",
  "audit-log-max-backups": 10,
  "audit-log-max-size": "300M",
  "auditing-enabled": true,
  "dqlite-busy-timeout": "1s",
  "http-server-read-timeout": 0,
  "http-server-write-timeout": 0,
  "idle-connection-timeout": 30000000000,
  "jujud-controller-snap-source": "legacy",
  "max-agent-state-size": 524288,
  "max-charm-state-size": 2097152,
  "max-debug-log-duration": "24h0m0s",
  "max-prune-txn-batch-size": 1000000,
  "max-prune-txn-passes": 100,
  "max-txn-log-size": "10M",
  "migration-agent-wait-time": "15m0s",
  "model-logfile-max-backups": 2,
  "model-logfile-max-size": "10M",
  "prune-txn-query-count": 1000,
  "prune-txn-sleep-time": "10ms",
  "query-tracing-enabled": false,
  "query-tracing-threshold": "1s",
  "set-numa-control-policy": false,
  "ssh-max-concurrent-connections": 100,
  "ssh-server-port": 17022,
};

export const controllerConfig = (call: Call): Promise<number> =>
  call.show(
    call.inController((controller, rack) => ({
      ...CONTROLLER,
      "system-ssh-keys": `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${rack.rng(`ssh:${controller.uuid}`).hex(43)} juju-system-key\n`,
      "ca-cert": controller.caCertificate,
      "controller-name": controller.name,
      "controller-uuid": controller.uuid,
    })),
  );

export const modelDefaults = (call: Call): Promise<number> => {
  const own = call.inController((controller) => ({
    values: controller.modelDefaults ?? {},
    region: controller.region,
  }));
  const shown = Object.fromEntries(
    Object.entries(defaultsOf(call))
      .filter(([key]) => call.profile.major === 3 || key !== "agent-stream")
      .map(([key, value]) => {
        const text = typeof value === "object" || key === "logging-config" ? "" : value;
        const given = own.values[key];
        return [
          key,
          { default: text, ...(given === undefined ? {} : { controller: typed(key, given) }) },
        ];
      }),
  );
  return call.show(shown);
};
