import type { Fault } from "../../lab/rack/core/faults";

/** A fault that is switched on before `up` in a lab, and what a person may then expect. */
export interface PathFault {
  /** Its name in the list of faults that the rack must play. */
  name: string;
  /** Added to the lab's Pulumi.dev.yaml, where the fault needs a site that is set up otherwise. */
  configuration?: string;
  /** What `rack faults -` is given on the bastion, as its user. */
  plan: Fault[];
  /** What the run says of it on the way: the proof that it was met, where the rack cannot count how often it struck. */
  says?: RegExp;
  /** `through`: the same run finishes. Else it ends with this sentence, and the next run, with the plan disarmed, finishes. */
  ends: "through" | RegExp;
  /** Shell command that the sentence asks for, given on the bastion before the next run. */
  repair?: string;
}

/** Those that the whole path meets in `npm test`; together they may be armed at once where all end `through`. */
export const CHOSEN_FAULTS: PathFault[] = [
  {
    name: "SSH cut mid-call",
    plan: [{ fault: "ssh-cut", match: "^juju status", skip: 3 }],
    ends: "through",
  },
  {
    name: "MAAS 503",
    plan: [{ fault: "region-unavailable", match: "op=|machines", count: 3, skip: 5 }],
    ends: "through",
  },
  {
    name: "bootstrap killed",
    plan: [{ fault: "bootstrap-killed", match: "^launched$" }],
    ends: "through",
  },
  {
    name: "charm store i/o timeout",
    plan: [{ fault: "charm-store-timeout", match: "^keystone$", count: 2 }],
    ends: "through",
  },
  {
    name: "hook error that resolves",
    plan: [{ fault: "hook-error", match: "^mysql-innodb-cluster/\\d+ config-changed$" }],
    ends: "through",
  },
];
