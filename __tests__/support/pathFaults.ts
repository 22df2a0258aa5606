import { CHOSEN_FAULTS, type PathFault } from "./chosenFaults";

/** Virtual seconds of the lab's rack per second (`rackFactor` of the dev site). */
const FACTOR = 200;
const seconds = (real: number): number => real * FACTOR;

const through = (name: string, ...plan: PathFault["plan"]): PathFault => ({
  name,
  plan,
  ends: "through",
});

/** The fault ends the run with a sentence; `repair` is what that says, given on the bastion. */
const stops = (
  name: string,
  ends: RegExp,
  plan: PathFault["plan"],
  repair?: string,
): PathFault => ({ name, plan, ends, ...(repair === undefined ? {} : { repair }) });

const machine = (operation: string, hostname: string): string =>
  `maas private-cloud machine ${operation} $(maas private-cloud machines read hostname=${hostname} | jq -r '.[0].system_id')`;

const MODEL = "maas-controller:openstack";

/** The faults of the bastion and of MAAS. */
const onTheWay: PathFault[] = [
  {
    ...through("sshd refusing for 30 s", { fault: "sshd-refuses" }),
    says: /the bastion does not answer; it is tried for another/,
  },
  stops("host key changed", /bastion\.hostKey: .* showed another host key/, [
    { fault: "host-key-changes" },
  ]),
  stops("disk full on the bastion", /The bastion's disk is full/, [
    { fault: "disk-full", match: "machines create" },
  ]),
  through("slow output", { fault: "output-slow", match: "machines read", count: 3 }),
  through("truncated output", { fault: "output-truncated", match: "machines read", count: 3 }),
  through("output over 64 KiB in one line", {
    fault: "output-long-line",
    match: "^(maas|juju)",
    count: 20,
  }),
  through("connection refused for 30 s", {
    fault: "connection-refused",
    match: "^maas",
    count: 0,
    to: seconds(30),
  }),
  stops("key expired", /rejected the API key/, [{ fault: "key-expired", count: 0 }]),
  through("description stale", { fault: "description-stale", count: 0 }),
];

const inMachines: PathFault[] = [
  stops("machine fails commissioning", /server3: Failed commissioning/, [
    { fault: "commissioning-fails", match: "^server3$" },
  ]),
  stops("BMC unreachable", /server3: Failed commissioning in MAAS/, [
    { fault: "bmc-unreachable", match: "^server3$" },
  ]),
  stops(
    "wrong disk layout",
    /server3: commissioning found 1 disks/,
    [{ fault: "wrong-disks", match: "^server3$" }],
    machine("commission", "server3"),
  ),
  stops(
    "NIC missing",
    /server3: has no interface/,
    [{ fault: "nic-missing", match: "^server3$" }],
    machine("commission", "server3"),
  ),
  through("allocate 409 k times", {
    fault: "allocate-conflict",
    match: "tags=compute",
    count: 3,
  }),
  stops("machine fails deployment", /juju bootstrap of .* failed .*Failed deployment/, [
    { fault: "deployment-fails", match: "^server1$" },
  ]),
  stops("machine hangs in Deploying", /juju bootstrap of .* failed .*timed out/, [
    { fault: "deployment-hangs", match: "^server1$" },
  ]),
  through(
    "Releasing failed",
    { fault: "bootstrap-killed", match: "^launched$" },
    { fault: "releasing-fails", match: "^server1$" },
  ),
  {
    // The step waits for 45 minutes, as MAAS waits without end.
    ...stops(
      "stuck in Disk erasing",
      /MAAS has not released server1 \(Disk erasing\).*Abort an erasing.*run again/,
      [
        { fault: "bootstrap-killed", match: "^launched$" },
        { fault: "erasing-hangs", match: "^server1$" },
      ],
      `${machine("abort", "server1")} && ${machine("release", "server1")}`,
    ),
    configuration:
      "  private-cloud:maas: { settings: { enable_disk_erasing_on_release: 'true' } }\n",
  },
  stops(
    "machine stolen by another user",
    /juju bootstrap of .* failed .*Ready and meets/,
    [{ fault: "machine-stolen", match: "^server1$" }],
    machine("release", "server1"),
  ),
  stops("tag vanished", /No such tag/, [{ fault: "tag-vanished", match: "controller" }]),
  stops("address range exhausted", /No more IPs available/, [{ fault: "addresses-exhausted" }]),
];

const inJuju: PathFault[] = [
  ...["entered", "deployed", "started", "finished"].map((stage) =>
    through(`bootstrap killed once it has ${stage}`, {
      fault: "bootstrap-killed",
      match: `^${stage}$`,
    }),
  ),
  // A call is made again after 1, 2, 4, 8 and 15 s.
  through("controller API down for 30 s", {
    fault: "controller-down",
    match: "juju status",
    count: 5,
  }),
  through("controller machine rebooted", { fault: "controller-rebooting", count: 5 }),
  through("store lock timeout", { fault: "store-lock-timeout", count: 4 }),
  stops(
    "credential invalid",
    /cloud credential is not valid.*juju update-credential|juju bootstrap of .* failed/,
    [{ fault: "credential-invalid" }],
  ),
  stops(
    "hook error that stays",
    /keystone\/0: error "hook failed.*juju resolved/,
    [{ fault: "hook-error-stays", match: "^keystone/0 install$" }],
    `juju resolved -m ${MODEL} keystone/0`,
  ),
  stops("unit lost", /keystone\/0: lost .*Look at the machine in MAAS/, [
    { fault: "unit-lost", match: "^keystone/0$" },
  ]),
  through("leader change in the middle of an action", {
    fault: "leader-changes",
    match: "authorize-charm",
  }),
  stops("action that times out and goes on", /has not ended after .* and goes on/, [
    { fault: "action-slow", match: "authorize-charm", with: { seconds: 1500 } },
  ]),
  through("action that schedules nothing and exits 0", {
    fault: "action-not-scheduled",
    match: "authorize-charm",
  }),
  stops("action-fail with exit 0", /authorize-charm on .* is failed: no disk/, [
    { fault: "action-fails", match: "authorize-charm", with: { text: "no disk" } },
  ]),
  stops("container that never starts", /Creating container.*Look at LXD/, [
    { fault: "container-never-starts", match: "/lxd/0$" },
  ]),
  through("relation silently not made", { fault: "relation-not-made", match: "keystone" }),
  {
    ...through("Vault sealed again", { fault: "vault-sealed" }),
    says: /Vault at \S+ is unsealed once more/,
  },
  stops(
    "MySQL complete outage",
    /Cluster is inaccessible.*reboot-cluster-from-complete-outage/,
    [{ fault: "mysql-outage" }],
    `juju run --wait=10m -m ${MODEL} mysql-innodb-cluster/leader reboot-cluster-from-complete-outage`,
  ),
];

/** The catalogue, one at a time, over the whole path. The rack can play more (faultNames.ts), which its own tests meet. */
export const PATH_FAULTS: PathFault[] = [...CHOSEN_FAULTS, ...onTheWay, ...inMachines, ...inJuju];
