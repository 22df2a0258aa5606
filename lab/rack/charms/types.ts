/**
 * What a charm's behaviour table can say. A charm is data: what its units wait for, publish and answer, and how long
 * that takes. Durations are nominal, in virtual seconds; each time one passes it is up to 30 % shorter or longer, as the
 * rack's seed has it.
 *
 * A unit runs its hooks one after the other (install, config-changed, start, then those of its relations), and only one
 * unit of a machine at a time. After each hook the charm publishes on its endpoints what it can (`publishes`), and its
 * status is the first rung that holds of `first`, `needs`, `ladder` and `ready`, in this order.
 */

export interface Charm {
  /** Its name in the store, and its file's name in this folder. */
  name: string;
  summary: string;
  /** The newest revision by channel (`track/risk`); `*` stands for the channels that are not named. */
  revisions: Record<string, number>;
  /** Ubuntu releases that it runs on, such as `22.04`, the oldest first. The last is taken where the model's is none of them. */
  bases: string[];
  /** The channel that is deployed where none is given. */
  channel: string;
  /** Its units live beside a principal's, and come with the relation to it. @default false */
  subordinate?: boolean;
  /** Workload version that a unit shows from its start on, by channel; `*` for the others. Empty: none is shown. */
  version: Record<string, string>;

  /** Endpoints by name; a relation joins one that provides with one that requires the same interface. */
  provides?: Record<string, Endpoint>;
  requires?: Record<string, Endpoint>;
  /** Endpoints at which the units of one application meet each other, as soon as there are two. */
  peers?: Record<string, Endpoint>;
  /** Names that can be bound to a space like endpoints, but have no relations. */
  extraBindings?: string[];
  /** Ports that a unit opens when it has started, such as `5000/tcp`. */
  ports?: string[];

  /** Options by name. Rungs and conditions may look at them; the others are kept, and change nothing. */
  config: Record<string, Option>;
  actions?: Record<string, Action>;
  storage?: Record<string, StorageOfCharm>;
  /** Files that the charm takes, by the resource's name. */
  resources?: Record<string, ResourceOfCharm>;

  /**
   * Virtual seconds that a hook takes: by its name (`amqp-relation-changed`), else by its kind
   * (`*-relation-changed`), else `*`. @default 6
   */
  hooks?: Record<string, number>;
  /** Virtual seconds until a unit's hook begins after another unit has told it something. @default 5 */
  reaction?: number;
  /** Name of an option with the seconds that every hook takes longer. */
  delayOption?: string;
  /** Name of an option with the name of a hook that fails. */
  failOption?: string;

  /** Rungs that come before what the charm says of its relations. */
  first?: Rung[];
  /** Relations that it cannot do without; while one is missing or incomplete its status says so. */
  needs?: Needs;
  /** Rungs that come after it. */
  ladder?: Rung[];
  /** What it shows when no rung holds. @default active "Unit is ready" */
  ready?: { status: Workload; message: string };

  /**
   * When a unit has told the other side of an endpoint what that waits for; until then it is `incomplete` there. An
   * endpoint that is not listed is told at the unit's start.
   */
  publishes?: Record<string, Condition>;
  /** What `juju show-unit` at the other side sees of an endpoint that was published; `{address}` is the unit's own. */
  data?: Record<string, Record<string, string>>;
  /** Endpoints that are told once more when the unit gets its first certificate: its addresses become https. */
  afterCertificates?: string[];
}

/** Something that is true or not of a unit at one moment. */
export type Condition =
  /** The application has a relation on this endpoint. */
  | { related: string }
  /** So many units at the other side of this endpoint have published, and this unit has run the hook for it. @default 1 */
  | { received: string; from?: Count }
  /** The option has this value; without `is`: any value but the empty text. */
  | { config: string; is?: string | number | boolean }
  /** Set on the unit or its application: by an action's `sets`, by the software behind an `answer`, or by a fault. */
  | { flag: string }
  /** Is this unit the application's leader? */
  | { leader: boolean }
  /** So many units of the application have started. */
  | { units: Count }
  /** The machine has a disk that this option names (`/dev/sdb`, separated by spaces), is empty and not the boot disk. */
  | { disks: string }
  | { not: Condition }
  | { all: Condition[] }
  | { any: Condition[] };

/** A number, or the option that holds it. */
export type Count = number | { config: string };

/** As `juju status` calls them; `error` is never a charm's own, but that of a hook that failed. */
export type Workload = "blocked" | "waiting" | "maintenance" | "active" | "unknown";

/**
 * One step of a status ladder: shown if it is the first that holds. In the message stand for something
 * `{OPTION}`: the option's value, `{units}`: how many have started, `{disks:OPTION}`: how many of the machine's disks the
 * option names, `{mlock}`: `disabled` in a container and where the option `disable-mlock` is set, else `enabled`.
 */
export interface Rung {
  when: Condition;
  status: Workload;
  message: string;
}

/**
 * Relations that a charm needs, told in one of two ways, by the library that it is written with. Missing ones make it
 * `blocked`; incomplete ones, where nobody at the other side has published, `waiting`.
 */
export type Needs =
  /** charmhelpers, by names of its own: "Missing relations: database, identity", "Incomplete relations: database". */
  | {
      style: "named";
      /** Endpoint by the name in the text. */
      relations: Record<string, string>;
    }
  /** charms.openstack, by endpoints in the order given: "'certificates' missing, 'ovsdb' incomplete". */
  | {
      style: "quoted";
      endpoints: string[];
      /** Text after an endpoint instead of `incomplete`. */
      waiting?: Record<string, string>;
      /** Appended where none is missing and some are incomplete. */
      suffix?: string;
    };

export interface Endpoint {
  interface: string;
  /** Between a principal's unit and its own subordinate only. @default false: with all units of the other side */
  container?: boolean;
}

export interface Option {
  type: "string" | "int" | "float" | "boolean" | "secret";
  /** Absent: unset until somebody sets it. */
  default?: string | number | boolean;
  description: string;
}

/** A parameter of an action, as JSON schema has it. What does not fit is refused before the action begins. */
export interface Parameter {
  type: "string" | "integer" | "number" | "boolean" | "object" | "array";
  default?: string | number | boolean;
  description: string;
  /** Bounds of a number, both allowed. */
  minimum?: number;
  maximum?: number;
}

/**
 * An action: what it takes, how long it runs, and what happens at its end, in this order: refusals (`leaderOnly`,
 * `requires`, and those of `answer`), flags, results. A refusal is an `action-fail`: status `failed`, exit status 0.
 * Parameters in braces are filled in where it says so.
 */
export interface Action {
  description: string;
  params?: Record<string, Parameter>;
  /** Names of parameters that must be given. */
  required?: string[];
  /** Takes parameters that it does not declare. @default false */
  anyParameters?: boolean;
  /** Virtual seconds that it runs; a parameter in braces may say how many. @default 4 */
  seconds?: number | string;
  /** Refused with this text on a unit that is not the leader. */
  leaderOnly?: string;
  /** Refused with this text unless the condition holds. */
  requires?: { when: Condition; message: string };
  /** The answer comes from software that is played too, such as Vault: a name in the table of juju/engine/answers.ts. */
  answer?: string;
  /** Flags that it sets on the unit. */
  sets?: string[];
  /** Flags that it takes from the unit and its application. */
  clears?: string[];
  /** Results by key; parameters in braces are filled in. `return-code` comes by itself. */
  results?: Record<string, string>;
  /** Fails with this text all the same, with its results. */
  fail?: string;
  /** Lines that it logs at its end. */
  log?: string[];
  /** A line that it logs for each second that it runs; `{n}` counts from 1. */
  logEverySecond?: string;
  /** Exit status of its script; a parameter in braces may say it. @default 0 */
  exit?: number | string;
  /** What its script writes. */
  stdout?: string;
  stderr?: string;
}

export interface StorageOfCharm {
  kind: "filesystem" | "block";
  /** Where a filesystem is mounted. */
  location?: string;
  /** How many a unit has at least. @default 0 */
  least?: number;
  /** How many it can have. @default as many as you like */
  most?: number;
}

export interface ResourceOfCharm {
  filename: string;
  description: string;
  /** Revision of the file in the store. Absent: the store has none, as with charms that come as a file. */
  revision?: number;
}
