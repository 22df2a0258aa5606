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
};

/** Names of faults that other parts of the rack know; each part adds its own. */
export const addFaults = (names: Record<string, { subject: string; effect: string }>): void => {
  Object.assign(FAULTS, names);
};

/** Throws a sentence for a plan that could not strike. */
export const checkPlan = (plan: Fault[]): void => {
  if (!Array.isArray(plan)) throw new RangeError("a fault plan is a JSON list");
  for (const [index, fault] of plan.entries()) {
    if (typeof fault.fault !== "string" || fault.fault === "") {
      throw new RangeError(`fault ${index}: "fault" must be a name`);
    }
    try {
      if (fault.match !== undefined) new RegExp(fault.match);
    } catch {
      throw new RangeError(`fault ${index}: "match" is not a regular expression: ${fault.match}`);
    }
  }
};
