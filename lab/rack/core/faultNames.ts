import type { Fault } from "./faults";

/** Every fault of the rack: its name, what its `match` is held against, and what happens. */
export const FAULTS: Record<string, { subject: string; effect: string }> = {
  // Faults of a whole call: the subject is the command line.
  "ssh-cut": {
    subject: "command line",
    effect: "the SSH connection that the call came through is cut",
  },
  "call-killed": {
    subject: "command line",
    effect: "the process dies by SIGKILL; with.at start (default) or end",
  },
  "disk-full": { subject: "command line", effect: "the call fails with No space left on device" },
  "output-slow": {
    subject: "command line",
    effect: "output comes after with.seconds (default 2) of real time",
  },
  "output-truncated": {
    subject: "command line",
    effect: "only the first half of standard output comes",
  },
  "output-long-line": {
    subject: "command line",
    effect: "a line of 100 KB on standard error comes first",
  },
  "connection-refused": {
    subject: "command line",
    effect: "the region or controller refuses the connection",
  },
  // Faults of the bastion itself: no subject. Seconds are real ones, as its SSH server is real.
  "sshd-refuses": {
    subject: "",
    effect: "new SSH connections are refused for with.seconds (default 30) of real time",
  },
  "host-key-changes": {
    subject: "",
    effect: "the SSH server shows another host key until it is disarmed",
  },
  // Faults of the region: the subject is "METHOD /MAAS/api/2.0/…?op=…".
  "region-unavailable": { subject: "request", effect: "503 with Retry-After" },
  "region-cuts": { subject: "request", effect: "the connection is closed without an answer" },
  "key-expired": { subject: "request", effect: "401 Invalid API key" },
  "description-stale": { subject: "describe", effect: "the description is that of MAAS 3.4" },
  "allocate-conflict": { subject: "constraints", effect: "allocate answers 409" },
  "tag-vanished": { subject: "tags of allocate", effect: "the tags are unknown" },
  // Faults of a machine: the subject is its host name.
  "commissioning-fails": { subject: "host name", effect: "Failed commissioning" },
  "commissioning-hangs": {
    subject: "host name",
    effect: "Failed commissioning after node_timeout",
  },
  "deployment-fails": { subject: "host name", effect: "Failed deployment" },
  "deployment-hangs": { subject: "host name", effect: "Failed deployment after node_timeout" },
  "releasing-fails": { subject: "host name", effect: "Releasing failed" },
  "releasing-hangs": { subject: "host name", effect: "Releasing failed after 5 minutes" },
  "erasing-fails": { subject: "host name", effect: "Failed disk erasing" },
  "erasing-hangs": { subject: "host name", effect: "Disk erasing without end" },
  "bmc-unreachable": { subject: "host name", effect: "power commands fail" },
  "machine-stolen": {
    subject: "host name",
    effect: "somebody else gets the machine that was being allocated",
  },
  "wrong-disks": { subject: "host name", effect: "commissioning finds one disk only" },
  "nic-missing": {
    subject: "host name",
    effect: "commissioning finds the interface under another name",
  },
  "vm-host-unreachable": {
    subject: "power address",
    effect: "a VM host is created with nothing in it",
  },
  "addresses-exhausted": { subject: "CIDR", effect: "no address is free in the subnet" },
  // Faults of Juju.
  "store-lock-timeout": {
    subject: "command line",
    effect: "another juju command holds the client's lock",
  },
  "bootstrap-killed": {
    subject: "stage",
    effect: "bootstrap dies by SIGKILL once entered, launched, deployed, started or finished",
  },
  "controller-down": {
    subject: "juju COMMAND",
    effect: "the controller's API refuses the connection",
  },
  "controller-rebooting": {
    subject: "juju COMMAND",
    effect:
      "the controller's machine cannot be reached: by so many calls (count), or with count 0 until with to or until it is disarmed; where three vote, one of them is not missed",
  },
  "credential-invalid": {
    subject: "credential",
    effect: "models are suspended and get no machines until the credential is updated",
  },
  "charm-store-timeout": { subject: "charm", effect: "Charmhub does not answer" },
  "relation-not-made": { subject: "two endpoints", effect: "integrate succeeds and makes nothing" },
  "hook-error": {
    subject: "unit hook",
    effect: "the hook fails and is run again after with.seconds (default 60)",
  },
  "hook-error-stays": { subject: "unit hook", effect: "the hook fails until it is resolved" },
  "unit-lost": { subject: "unit", effect: "the unit's agent is lost until it is disarmed" },
  "container-never-starts": { subject: "container", effect: "it stays in Creating container" },
  "leader-changes": {
    subject: "unit action",
    effect: "the unit stops being the leader while the action runs",
  },
  "action-slow": { subject: "unit action", effect: "it takes with.seconds (default 600)" },
  "action-fails": { subject: "unit action", effect: "action-fail with.text" },
  "action-not-scheduled": { subject: "unit action", effect: "no task is made, exit status 0" },
  "mysql-outage": { subject: "application", effect: "all members of the cluster go down together" },
  // Faults of Vault.
  "vault-sealed": { subject: "unit", effect: "Vault seals itself, as a restart does" },
  "vault-unreachable": { subject: "address", effect: "Vault refuses the connection" },
};

type Field = { what: string; fits: (value: unknown) => boolean };

const number = (what: string, fits: (value: number) => boolean): Field => ({
  what,
  fits: (value) => typeof value === "number" && fits(value),
});

const isPattern = (value: unknown): boolean => {
  try {
    return typeof value === "string" && new RegExp(value) instanceof RegExp;
  } catch {
    return false;
  }
};

const isDetails = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  Object.values(value).every((each) => ["string", "number", "boolean"].includes(typeof each));

const FIELDS: Record<keyof Fault, Field> = {
  fault: { what: "a name", fits: (value) => typeof value === "string" },
  match: { what: "a regular expression", fits: isPattern },
  count: number("a whole number from 0", (value) => Number.isInteger(value) && value >= 0),
  skip: number("a whole number from 0", (value) => Number.isInteger(value) && value >= 0),
  from: number("seconds from 0", (value) => value >= 0),
  to: number("seconds from 0", (value) => value >= 0),
  chance: number("a number from 0 to 1", (value) => value >= 0 && value <= 1),
  with: { what: "an object of texts, numbers and booleans", fits: isDetails },
};

const check = (place: string, fault: object): void => {
  const fields: Record<string, Field> = FIELDS;
  for (const [name, value] of Object.entries(fault)) {
    const field = fields[name];
    if (field === undefined)
      throw new RangeError(
        `${place}: no field "${name}"; there are: ${Object.keys(FIELDS).join(", ")}`,
      );
    if (!field.fits(value))
      throw new RangeError(`${place}.${name}: ${JSON.stringify(value)} is not ${field.what}`);
  }
  const { fault: name } = fault as Partial<Fault>;
  if (name === undefined || !Object.hasOwn(FAULTS, name))
    throw new RangeError(
      `${place}.fault: ${JSON.stringify(name ?? null)} is not a fault; there are: ${Object.keys(FAULTS).join(", ")}`,
    );
};

/** The plan, or a RangeError with the place of what could not strike and what is allowed there. */
export const checkPlan = (plan: unknown): Fault[] => {
  if (!Array.isArray(plan)) throw new RangeError("a fault plan is a JSON list");
  for (const [index, fault] of (plan as unknown[]).entries()) {
    if (typeof fault !== "object" || fault === null || Array.isArray(fault))
      throw new RangeError(`[${index}]: ${JSON.stringify(fault)} is not an object`);
    check(`[${index}]`, fault);
  }
  return plan as Fault[];
};
