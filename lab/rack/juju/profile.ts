import { wordsOf, type Words } from "./words";

/** Where the versions of Juju that the rack plays differ. */
export interface Profile {
  version: string;
  major: 3 | 4;
  words: Words;
  /** Key into the table of flags. */
  flags: string;
  /** Do tasks tell when they were completed? */
  taskCompleted: boolean;
  /** An action that the charm does not have, or a bad parameter: a task that is never scheduled, or an error. */
  unknownAction: "unscheduled" | "error";
  relationWord: "integration" | "relation";
  /** Machines are deleted from MAAS when they should be released. */
  deletesMachines: boolean;
  providerPlacement: boolean;
  bundleOptions: boolean;
  sshKeyHint: boolean;
  /** Number of a model's first operation. */
  firstTask: 0 | 1;
  /** Base of machines and charms where none is asked for. */
  defaultBase: string;
  /** Is the client a build of its own, which brings its agents along? They have a fourth number in their version. */
  ownBuild: boolean;
  /** Type of a cloud of machines that are reached by SSH. */
  sshCloud: "manual" | "unmanaged";
  /** Are the commands for spaces and subnets for models of machines only? */
  spacesOfMachines: boolean;
}

const JUJU_3_6: Profile = {
  version: "3.6.25",
  major: 3,
  words: wordsOf(3),
  flags: "3.6",
  taskCompleted: true,
  unknownAction: "unscheduled",
  relationWord: "integration",
  deletesMachines: false,
  providerPlacement: true,
  bundleOptions: true,
  sshKeyHint: false,
  firstTask: 1,
  defaultBase: "22.04",
  ownBuild: false,
  sshCloud: "manual",
  spacesOfMachines: true,
};

const JUJU_4_0: Profile = {
  ...JUJU_3_6,
  version: "4.0.15",
  major: 4,
  words: wordsOf(4),
  flags: "4.0",
  taskCompleted: false,
  unknownAction: "error",
  bundleOptions: false,
  sshKeyHint: true,
  firstTask: 0,
  defaultBase: "24.04",
  sshCloud: "unmanaged",
};

/** Dangerous versions are played too, so that whoever uses the rack can be seen refusing them. */
const PROFILES: Record<string, Profile> = {
  "3.6.25": JUJU_3_6,
  "3.6.24": { ...JUJU_3_6, version: "3.6.24", deletesMachines: true },
  "4.0.12": { ...JUJU_4_0, version: "4.0.12", deletesMachines: true, providerPlacement: false },
  "4.0.13": { ...JUJU_4_0, version: "4.0.13", deletesMachines: true, providerPlacement: false },
  "4.0.14": { ...JUJU_4_0, version: "4.0.14" },
  "4.0.15": JUJU_4_0,
  "4.1-beta2": {
    ...JUJU_4_0,
    version: "4.1-beta2",
    flags: "4.1",
    spacesOfMachines: false,
    relationWord: "relation",
    deletesMachines: true,
    providerPlacement: false,
    ownBuild: true,
  },
};

/** The profile of the version that a rack plays. */
export const playedBy = (rack: { profile: { juju: string } }): Profile =>
  profileOf(rack.profile.juju);

/** The profile of a client's or an agent's version; agents of a client's own build have a number more. */
export const profileOf = (version: string): Profile =>
  PROFILES[version.replace(/^(\d+\.\d+-[a-z]+\d+)\.\d+$/, "$1")] ??
  (version.startsWith("4.") ? { ...JUJU_4_0, version } : { ...JUJU_3_6, version });

/** Juju 3 still tells the service level that a model could once have bought. */
export const slaOf = (controller: { agentVersion: string }): { sla?: "unsupported" } =>
  profileOf(controller.agentVersion).major === 3 ? { sla: "unsupported" } : {};
