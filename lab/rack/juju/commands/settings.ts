import type { Call } from "../call";
import type { Rack } from "../../core/rack";
import { subnetOf } from "../../maas/addresses";
import { controllerModel, membersOf } from "../engine/highAvailability";
import { JujuError } from "../errors";
import type { Controller } from "../state";
import { defaultsOf, typed } from "./modelConfig";

/** What a controller has set: its own settings, the defaults of its models. */

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

/** Settings that can be changed after bootstrap beside those that are listed above. */
const ADJUSTABLE = new Set(["api-port-open-delay", "features", "juju-ha-space", "juju-mgmt-space"]);
const FIXED = new Set(["api-port", "set-numa-control-policy", "jujud-controller-snap-source"]);

/** A space must be there, and every machine of the controller must have an address in it. */
const checkSpace = (rack: Rack, controller: Controller, key: string, name: string): void => {
  const fail = (reason: string): never => {
    throw new JujuError(`invalid config "${key}"="${name}": ${reason}`);
  };
  const space = rack.maas.spaces.find((each) => each.name === name);
  if (space === undefined && name !== "alpha") fail(`space "${name}" not found`);
  const model = controllerModel(controller);
  const outside = (model === undefined ? [] : membersOf(model)).filter(
    ({ machine }) =>
      !machine.addresses.some((address) => {
        const vlan = subnetOf(rack.maas, address)?.vlan;
        const found = rack.maas.vlans.find((each) => each.id === vlan)?.space ?? null;
        return found === (space?.id ?? null);
      }),
  );
  if (outside.length === 0) return;
  const ids = outside.map((each) => each.machine.id).join(", ");
  fail(`machines with no addresses in this space: ${ids}`);
};

const setConfig = (call: Call, words: string[]): void => {
  const values = words.map((word): [string, string] => {
    const at = word.indexOf("=");
    return [word.slice(0, at), word.slice(at + 1)];
  });
  const wrong = values
    .map(([key]) => key)
    .filter((key) => !ADJUSTABLE.has(key) && (!(key in CONTROLLER) || FIXED.has(key)));
  if (wrong.length > 0)
    throw new JujuError(
      `invalid or read-only controller config values cannot be updated: [${wrong.sort().join(" ")}]`,
    );
  call.inController((controller, rack) => {
    for (const [key, value] of values)
      if (key.endsWith("-space") && value !== "") checkSpace(rack, controller, key, value);
    controller.settings = { ...controller.settings, ...Object.fromEntries(values) };
  });
};

export const controllerConfig = async (call: Call): Promise<number> => {
  const sets = call.words.filter((word) => word.includes("="));
  if (sets.length > 0) {
    setConfig(call, sets);
    return 0;
  }
  const shown: Record<string, unknown> = call.inController((controller, rack) => ({
    ...CONTROLLER,
    "system-ssh-keys": `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${rack.rng(`ssh:${controller.uuid}`).hex(43)} juju-system-key\n`,
    "ca-cert": controller.caCertificate,
    "controller-name": controller.name,
    "controller-uuid": controller.uuid,
    ...controller.settings,
  }));
  const [key] = call.words;
  if (key === undefined) return call.show(shown);
  if (!(key in shown))
    throw new JujuError(`key "${key}" not found in controller "${call.controllerName(1)}"`);
  return call.show(shown[key]);
};

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
