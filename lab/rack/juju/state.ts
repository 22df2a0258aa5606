import type { Charm } from "../charms/types";
import type { CloudEntry } from "./client/store";

/** What the controllers know. Times are virtual milliseconds since 1970. */

export interface StatusInfo {
  current: string;
  message: string;
  since: number;
}

/** Something that a unit has to do, in order. */
export interface Task {
  kind: "hook" | "action" | "exec";
  /** Hook name, for example `shared-db-relation-changed`. */
  name: string;
  /** The unit at the other side of the relation. */
  remote?: string;
  relation?: number;
  endpoint?: string;
  /** The storage that the hook is about. */
  storage?: string;
  /** Not before. */
  ready: number;
  /** Operation task's id for actions. */
  task?: string;
}

export interface Unit {
  name: string;
  machine: string;
  principal: string | null;
  life: "alive" | "dying";
  /** Stages before the first hook: 0 waiting for machine, 1 installing agent, 2 agent initialising, 3 hooks run. */
  stage: number;
  stageEnds: number;
  started: boolean;
  leader: boolean;
  agent: StatusInfo;
  workload: StatusInfo;
  queue: Task[];
  running: (Task & { until: number; began: number }) | null;
  /** Endpoints on which it has told what it has to tell. */
  published: string[];
  /** By endpoint: units of the other side whose data it has seen. */
  received: Record<string, string[]>;
  flags: string[];
  /** A hook that failed and waits to be run again. */
  failed: { task: Task; retry: number; stays: boolean } | null;
  lost: boolean;
  /** Its removal waits for it only until then. */
  forceAt?: number;
  version: string;
}

export interface Application {
  name: string;
  charm: string;
  channel: string;
  revision: number;
  base: string;
  origin: "charmhub" | "local";
  /** What its charm said of itself, where it came as a file and there is no behaviour table of it. */
  definition?: Charm;
  subordinate: boolean;
  life: "alive" | "dying";
  created: number;
  /** By endpoint, the empty name standing for all, who may reach its ports; none: nobody from outside. */
  exposed: Record<string, { spaces: string[]; cidrs: string[] }>;
  constraints: string;
  options: Record<string, string | number | boolean>;
  bindings: Record<string, string>;
  trust: boolean;
  /** Storage that was asked for when it was deployed, by the charm's name for it: `POOL,COUNT,SIZE`. */
  storage?: Record<string, string>;
  flags: string[];
  units: Unit[];
  nextUnit: number;
  /** Revisions of the store's files, where others than the newest were asked for, by the charm's name for them. */
  storeResources?: Record<string, number>;
  /** Files that were attached, by the charm's name for them. */
  resources?: Record<string, { fingerprint: string; size: number; at: number }>;
}

export interface RelationEnd {
  application: string;
  endpoint: string;
}

export interface Relation {
  id: number;
  interface: string;
  container: boolean;
  ends: RelationEnd[];
  /** Of a relation between models: the other model's uuid and record, and on which side this one is. Own end first. */
  far?: { model: string; relation: number; side: "consumer" | "offer" };
  /** Why its units do not meet, and since when none does. */
  suspended?: { message: string; from: number };
}

export interface JujuMachine {
  id: string;
  base: string;
  constraints: string;
  /** `system-id=…`, `zone=…` or a hostname that was asked for. */
  placement: string;
  life: "alive" | "dying";
  created: number;
  /** MAAS system_id, or the container's name; empty until there is one. */
  instance: string;
  hostname: string;
  addresses: string[];
  agent: StatusInfo;
  instanceStatus: StatusInfo;
  /** When the next step of its provisioning is due. */
  step: "provision" | "deploying" | "boot" | "image" | "create" | "start" | "done" | "failed";
  due: number;
  attempts: number;
  force: boolean;
  keepInstance: boolean;
}

export interface OperationTask {
  id: string;
  unit: string;
  machine: string;
  status: string;
  message: string;
  results: Record<string, unknown>;
  log: { at: number; text: string }[];
  enqueued: number;
  started: number | null;
  completed: number | null;
}

export interface Operation {
  id: string;
  summary: string;
  action: string;
  kind?: "action" | "exec";
  parameters: Record<string, unknown>;
  enqueued: number;
  tasks: OperationTask[];
  fail: string;
}

export interface SecretRevision {
  number: number;
  created: number;
  content: Record<string, string>;
}

/** A secret of the model. */
export interface Secret {
  /** 20 letters and digits. */
  id: string;
  name: string;
  description: string;
  created: number;
  updated: number;
  revisions: SecretRevision[];
  nextRevision: number;
  /** Applications that may read it. */
  granted: string[];
}

/** Endpoints of an application that other models may use. */
export interface Offer {
  name: string;
  application: string;
  /** Names that consumers see, and the application's own. */
  endpoints: Record<string, string>;
  created: number;
  /** By user, what was granted: read, consume or admin. */
  access?: Record<string, string>;
}

/** An offer of another model that this one has consumed (SAAS). */
export interface Remote {
  name: string;
  /** `owner/model.offer`, without the controller. */
  url: string;
  controller: string;
  /** Uuid of the model that offers. */
  model: string;
  offer: string;
  /** When the offer was removed. */
  terminated?: number;
  /** It is being removed, and is gone then. */
  goes?: number;
}

export interface Storage {
  /** For example `instances/0`. */
  id: string;
  /** Id of the filesystem or volume behind it; in Juju 3 that of one that is bound to a machine begins with the machine. */
  backing: string;
  /** What the provider calls the filesystem or volume; empty until there is one. */
  provider: string;
  /** The unit that has it; empty while none has. */
  unit: string;
  /** The machine that the filesystem or volume is attached to; empty while it is attached to none. */
  machine: string;
  kind: "filesystem" | "block";
  location: string;
  pool: string;
  /** Mebibytes. */
  size: number;
  life: "alive" | "dying";
  /** Life of its unit's attachment. */
  attachment: "alive" | "dying";
  /** The charm's storage is gone; what was behind it is being destroyed or released. */
  gone: boolean;
  /** What is behind it is kept when it is removed. */
  releasing: boolean;
  status: StatusInfo;
  /** When its next step is due. */
  due: number;
}

/** A filesystem that a model gave up without destroying it. */
export interface Released {
  provider: string;
  size: number;
}

export interface Model {
  name: string;
  /** Who made it. @default admin */
  owner?: string;
  uuid: string;
  /** Who gives it machines. @default maas */
  provider?: "maas" | "lxd";
  life: "alive" | "dying";
  since: number;
  config: Record<string, string | number | boolean>;
  /** Settings that the controller gave it when it was made. */
  inherited?: Record<string, string | number | boolean>;
  constraints: string;
  credential: string;
  machines: JujuMachine[];
  applications: Application[];
  relations: Relation[];
  operations: Operation[];
  /** Revision that the next upload of a local charm gets, by its name. */
  localRevisions?: Record<string, number>;
  nextMachine: number;
  nextContainer: Record<string, number>;
  nextRelation: number;
  nextTask: number;
  /** Unit numbers are never used twice, also when an application comes back. */
  unitNumbers: Record<string, number>;
  destroy: {
    storage?: "destroy" | "release";
    /** By force: nothing is waited for after that moment. */
    forceAt: number;
    forced: boolean;
  } | null;
  secrets?: Secret[];
  offers?: Offer[];
  remotes?: Remote[];
  /** Command sets that were disabled, with the reason. */
  disabled?: Record<string, string>;
  storage?: Storage[];
  nextStorage?: number;
  /** By user, what was granted: read, write or admin. */
  access?: Record<string, string>;
  nextBacking?: { filesystem: number; block: number };
  /** Public keys that open its machines. */
  sshKeys?: string[];
}

/** Somebody who may log in. */
export interface JujuUser {
  name: string;
  displayName: string;
  created: number;
  /** When it was connected last; null: never. */
  seen: number | null;
  access: "" | "login" | "superuser";
  disabled: boolean;
  /** Removed users are kept, so that it is known who did something once. */
  removed: boolean;
  /** Hash of the password; empty while it has to register. */
  password: string;
  /** What it registers with, in hex; empty once it has. */
  secretKey: string;
}

export interface Controller {
  name: string;
  uuid: string;
  cloud: string;
  /** Its own cloud as the client that bootstrapped it knew it. @default as the calling client knows it */
  ownCloud?: CloudEntry;
  region?: string;
  agentVersion: string;
  created: number;
  /** False while bootstrap is under way. */
  ready: boolean;
  endpoint: string;
  caCertificate: string;
  password: string;
  /** Settings that every new model begins with. */
  modelDefaults?: Record<string, string>;
  /** Everybody but the owner, and the owner too once something of it has changed. */
  users?: JujuUser[];
  /** What somebody has set of the controller's own settings. */
  settings?: Record<string, string>;
  /** Clouds that were added to it, beside its own. */
  clouds?: Record<string, CloudEntry>;
  /** By cloud and user, what was granted. The owner may do everything. */
  cloudAccess?: Record<string, Record<string, "add-model" | "admin">>;
  /** Filesystems in its cloud that can be imported. */
  released?: Released[];
  models: Model[];
}

export interface JujuState {
  controllers: Controller[];
  /** Bases of which LXD has no image, for example `24.04`. */
  missingImages?: string[];
}
