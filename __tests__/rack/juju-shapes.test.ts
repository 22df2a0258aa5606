import { JujuRack } from "./support/jujuRack";

/**
 * Keys, their order and the formats of values that Juju 3.6 prints for machines, against what real 3.6 controllers
 * printed into the unit fixtures of Canonical's jubilant (tests/unit/fake_statuses.py, fake_modelinfo.py,
 * fake_secrets.py at 1.14.0) and Juju's own structures (cmd/juju/status/formatted.go).
 */

type Json = Record<string, unknown>;

const STATUS_TIME = /^\d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const VERSION = /^3\.6\.\d+$/;

const MACHINE = [
  ...["juju-status", "hostname", "dns-name", "ip-addresses", "instance-id", "display-name"],
  ...["machine-status", "modification-status", "base", "network-interfaces", "containers"],
  ...["constraints", "hardware"],
];
const APPLICATION = [
  ...["charm", "base", "charm-origin", "charm-name", "charm-rev", "charm-channel", "exposed"],
  ...["application-status", "relations", "subordinate-to", "units", "version"],
  "endpoint-bindings",
];
const UNIT = [
  ...["workload-status", "juju-status", "leader", "machine", "open-ports", "public-address"],
  "subordinates",
];
const MODEL_INFO = [
  ...["name", "short-name", "model-uuid", "model-type", "controller-uuid", "controller-name"],
  ...["is-controller", "owner", "cloud", "type", "life", "status", "users", "machines"],
  ...["secret-backends", "sla", "agent-version", "credential", "supported-features"],
];

let rack: JujuRack;
let status: Json;

const at = (value: unknown, ...keys: string[]): Json =>
  keys.reduce((here, key) => here[key] as Json, value as Json);

/** The keys are these, in this order; those not in `optional` are all there. */
const shaped = (value: unknown, keys: string[], optional: string[] = []): void => {
  const found = Object.keys(value as Json);
  expect(found).toEqual(keys.filter((key) => found.includes(key)));
  expect(keys.filter((key) => !optional.includes(key) && !found.includes(key))).toEqual([]);
};

const bundle = JSON.stringify({
  "default-base": "ubuntu@22.04",
  machines: { "0": { constraints: "tags=compute" } },
  applications: {
    vault: { charm: "vault", channel: "1.8/stable", num_units: 1, to: ["lxd:0"] },
    monitor: { charm: "prometheus2", num_units: 1, to: ["0"] },
    ntp: { charm: "ntp" },
  },
  relations: [["monitor:juju-info", "ntp:juju-info"]],
});

beforeAll(async () => {
  rack = new JujuRack();
  await rack.bootstrap();
  const { rc, stderr } = await rack.juju(`deploy -m mc:os ${rack.file("bundle.yaml", bundle)}`);
  expect({ rc, stderr }).toMatchObject({ rc: 0 });
  await rack.advance(4000);
  status = await rack.json<Json>("status -m mc:os");
});
afterAll(() => rack.stop());

test("a status begins with the model and its service level, and ends with storage and the time", () => {
  shaped(status, ["model", "machines", "applications", "storage", "controller"]);
  const model = ["name", "type", "controller", "cloud", "version", "model-status", "sla"];
  shaped(status.model, model);
  expect(status.model).toMatchObject({ type: "iaas", sla: "unsupported" });
  shaped(at(status, "model", "model-status"), ["current", "since"]);
  expect(at(status, "model").version).toMatch(VERSION);
  expect(at(status, "model", "model-status").since).toMatch(STATUS_TIME);
  expect(at(status, "controller").timestamp).toMatch(/^\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})$/);
  expect(status.storage).toEqual({});
});

test("a machine tells bare addresses, its constraints with the architecture, and who changed its profiles", () => {
  const machine = at(status, "machines", "0");
  shaped(machine, MACHINE);
  shaped(machine["juju-status"], ["current", "since", "version"]);
  expect(at(machine, "juju-status")).toMatchObject({
    current: "started",
    version: expect.stringMatching(VERSION) as string,
    since: expect.stringMatching(STATUS_TIME) as string,
  });
  shaped(machine["machine-status"], ["current", "message", "since"]);
  expect(at(machine, "modification-status").current).toBe("idle");
  expect(machine.base).toEqual({ name: "ubuntu", channel: "22.04" });
  const addresses = machine["ip-addresses"] as string[];
  const nic = Object.values(at(machine, "network-interfaces"))[0] as Json;
  shaped(nic, ["ip-addresses", "mac-address", "gateway", "space", "is-up"]);
  expect(nic["ip-addresses"]).toEqual(addresses);
  expect(nic["mac-address"]).toMatch(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
  expect(machine.hardware).toMatch(/^arch=amd64 cores=\d+ mem=\d+M .*availability-zone=\S+$/);
});

test("the LXD profiles of a container are applied, and its machine was made for the charm's architecture", () => {
  const container = at(status, "machines", "0", "containers", "0/lxd/0");
  shaped(container, MACHINE, ["containers", "constraints", "display-name"]);
  expect(container.constraints).toBe("arch=amd64");
  shaped(container["modification-status"], ["current", "since"]);
  expect(at(container, "modification-status").current).toBe("applied");
});

test("an application binds the endpoints that its charm declares, and no other", () => {
  const monitor = at(status, "applications", "monitor");
  shaped(monitor, APPLICATION, ["subordinate-to", "version", "relations"]);
  expect(monitor).toMatchObject({ "charm-origin": "charmhub", charm: "prometheus2" });
  expect(Object.keys(at(monitor, "endpoint-bindings"))).toContain("");
  expect(Object.keys(at(monitor, "endpoint-bindings"))).not.toContain("juju-info");
  expect(at(monitor, "relations")).toEqual({
    "juju-info": [{ "related-application": "ntp", interface: "juju-info", scope: "container" }],
  });
  shaped(monitor["application-status"], ["current", "message", "since"], ["message"]);
  const ntp = at(status, "applications", "ntp");
  shaped(ntp, APPLICATION, ["units", "version"]);
  expect(ntp["subordinate-to"]).toEqual(["monitor"]);
  expect(at(ntp, "endpoint-bindings")).toHaveProperty("juju-info");
});

test("a unit has its machine; a subordinate stands under it without one", () => {
  const unit = at(status, "applications", "monitor", "units", "monitor/0");
  shaped(unit, UNIT, ["open-ports"]);
  shaped(unit["juju-status"], ["current", "since", "version"]);
  const [subordinate] = Object.values(at(unit, "subordinates"));
  shaped(subordinate, UNIT, ["machine", "subordinates", "open-ports"]);
  expect(subordinate).not.toHaveProperty("machine");
});

test("a model tells its owner and service level, and of a secret backend only once it has a secret", async () => {
  const before = at(await rack.json("show-model mc:os"), "os");
  shaped(before, MODEL_INFO, ["secret-backends"]);
  expect(before).not.toHaveProperty("secret-backends");
  expect(before).toMatchObject({ owner: "admin", sla: "unsupported", name: "admin/os" });
  expect(before["model-uuid"]).toMatch(UUID);
  shaped(before.credential, ["name", "owner", "cloud", "validity-check"]);
  shaped(at(before, "users", "admin"), ["display-name", "access", "last-connection"]);
  await rack.juju("add-secret -m mc:os key-of-test value=1");
  const after = at(await rack.json("show-model mc:os"), "os");
  expect(after["secret-backends"]).toEqual({ internal: { "num-secrets": 1, status: "active" } });
});

test("a secret of the model has a name and no label, and times in ISO 8601", async () => {
  const keys = ["revision", "checksum", "owner", "name", "created", "updated", "content"];
  const [id, secret] = Object.entries(
    await rack.json<Json>("show-secret -m mc:os key-of-test --reveal"),
  )[0] as [string, Json];
  expect(id).toMatch(/^[0-9a-v]{20}$/);
  shaped(secret, keys);
  expect(secret).toMatchObject({ owner: "<model>", content: { Data: { value: "1" } } });
  expect(secret.checksum).toMatch(/^[0-9a-f]{64}$/);
  expect(secret.created).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/);
});

test("a unit's charm is shown with its address in the store, and a version only where it told one", async () => {
  const unit = at(await rack.json("show-unit -m mc:os vault/0"), "vault/0");
  const keys = [
    ...["workload-version", "machine", "opened-ports", "public-address", "charm", "leader"],
    ...["life", "relation-info"],
  ];
  shaped(unit, keys, ["workload-version", "relation-info"]);
  expect(unit.charm).toMatch(/^ch:amd64\/vault-\d+$/);
  const quiet = rack.change(({ juju }) => {
    const application = juju.controllers[0]?.models[1]?.applications.find(
      ({ name }) => name === "vault",
    );
    for (const each of application?.units ?? []) each.version = "";
    return application?.units.length;
  });
  expect(quiet).toBe(1);
  const bare = at(await rack.json("show-unit -m mc:os vault/0"), "vault/0");
  expect(bare).not.toHaveProperty("workload-version");
});

test("people see the service level beside the version", async () => {
  const { stdout } = await rack.juju("status -m mc:os");
  expect(stdout.split("\n")[0]).toMatch(
    /^Model +Controller +Cloud\/Region +Version +SLA +Timestamp$/,
  );
});
