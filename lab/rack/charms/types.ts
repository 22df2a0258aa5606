/** What a charm's behaviour table can say. A charm is data: what its units wait for, publish and answer. */

/** Something that is true or not of a unit at one moment. */
export type Condition =
  /** A relation on the endpoint exists. */
  | { related: string }
  /** Units at the other side have published on the endpoint, and this unit has seen it: at least `from` of them. */
  | { received: string; from?: number | { config: string } }
  /** The option has a value (or this one). */
  | { config: string; is?: string | number | boolean }
  /** Set on the unit or on its application, by an action or by the software that the charm runs. */
  | { flag: string }
  | { leader: boolean }
  /** Units of the application that have started. */
  | { units: number | { config: string } }
  /** Disks of the machine that the option names, the boot disk left out. */
  | { disks: string }
  | { not: Condition }
  | { all: Condition[] }
  | { any: Condition[] };

export type Workload = "blocked" | "waiting" | "maintenance" | "active" | "unknown";

/**
 * One step of a status ladder; the first whose condition holds is shown. `{disks}`, `{mlock}` and `{units}` (how many
 * have started) are filled in.
 */
export interface Rung {
  when: Condition;
  status: Workload;
  message: string;
}

/** What a charm needs before its own ladder counts. */
export interface Needs {
  /**
   * `named`: "Missing relations: database, identity" (charmhelpers); `quoted`: "'shared-db' missing"
   * (charms.openstack), where endpoints count in the order given.
   */
  style: "named" | "quoted";
  /** Name in the text and the endpoints, one of which is enough. */
  relations: Record<string, string[]>;
  /** Text after the name instead of `incomplete`, by name. */
  waiting?: Record<string, string>;
  /** Appended when something is incomplete. */
  suffix?: string;
}

export interface Endpoint {
  interface: string;
  /** Only between a unit and its subordinate. */
  container?: boolean;
}

export interface Option {
  type: "string" | "int" | "float" | "boolean" | "secret";
  default?: string | number | boolean;
  description: string;
}

export interface Parameter {
  type: "string" | "integer" | "number" | "boolean" | "object" | "array";
  default?: string | number | boolean;
  description: string;
  minimum?: number;
  maximum?: number;
}

export interface Action {
  description: string;
  params?: Record<string, Parameter>;
  required?: string[];
  /** Takes parameters that it does not declare. */
  anyParameters?: boolean;
  /** Virtual seconds, or the parameter that says how many: `{seconds}`. @default 4 */
  seconds?: number | string;
  /** `action-fail` with this text on a unit that is not the leader. */
  leaderOnly?: string;
  /** `action-fail` with this text unless the condition holds. */
  requires?: { when: Condition; message: string };
  sets?: string[];
  clears?: string[];
  /** Parameters in braces are filled in. */
  results?: Record<string, string>;
  /** `action-fail` with this text after the results were set. */
  fail?: string;
  /** The answer comes from the software that the charm runs: a name in the table of juju/engine/answers.ts. */
  answer?: string;
  log?: string[];
  /** A line of log for each second that it runs; `{n}` counts from 1. */
  logEverySecond?: string;
  /** Exit status, or the parameter that says it: `{code}`. */
  exit?: number | string;
  stdout?: string;
  stderr?: string;
}

export interface StorageOfCharm {
  kind: "filesystem" | "block";
  location?: string;
  /** How many a unit must have. @default 0 */
  least?: number;
  /** How many it can have. Absent: as many as you like. */
  most?: number;
}

export interface Charm {
  name: string;
  summary: string;
  /** Revision by channel; `*` for every other one. */
  revisions: Record<string, number>;
  bases: string[];
  /** The channel that is used where none is given. */
  channel: string;
  subordinate?: boolean;
  /** Workload version, by channel or `*`. */
  version: Record<string, string>;
  provides?: Record<string, Endpoint>;
  requires?: Record<string, Endpoint>;
  peers?: Record<string, Endpoint>;
  extraBindings?: string[];
  config: Record<string, Option>;
  actions?: Record<string, Action>;
  /** Virtual seconds of a hook by name, by `*-relation-changed`, or `*`. @default 6 */
  hooks?: Record<string, number>;
  /** Shown before anything else can be said. @default waiting "Incomplete relations"… of the ladder */
  needs?: Needs;
  /** Looked at before `needs`. */
  first?: Rung[];
  /** Looked at after `needs`. */
  ladder?: Rung[];
  /** @default active "Unit is ready" */
  ready?: { status: Workload; message: string };
  /** When the unit has told its side of a relation what it has to tell. Endpoints that are not listed: from its start. */
  publishes?: Record<string, Condition>;
  /** What a unit writes on an endpoint once it has published; `{address}` is its own. */
  data?: Record<string, Record<string, string>>;
  /** Virtual seconds until a unit notices what others tell it. @default 5 */
  reaction?: number;
  /** Option with seconds that every hook takes longer. */
  delayOption?: string;
  /** Option with the name of a hook that fails. */
  failOption?: string;
  storage?: Record<string, StorageOfCharm>;
  /** Files that the charm takes; `revision` is that of the one in the store, which local charms have none of. */
  resources?: Record<string, { filename: string; description: string; revision?: number }>;
  /** Endpoints that it tells again once it has a certificate. */
  afterCertificates?: string[];
  ports?: string[];
}
