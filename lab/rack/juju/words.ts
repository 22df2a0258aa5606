/** What is wrong with the place of an offer. */
export interface OfferWords {
  /** What stands before the slash in a model's name. */
  modelOwner: string;
  /** What is being done when that turns out to be no user. */
  namingModel: string;
  /** Is the owner in the place of an offer looked at by the client? */
  offerOwnerChecked: boolean;
  /** What is no place is a name in the current model, whatever it looks like. */
  offerNamesAnything: boolean;
  offerMalformed(text: string): string;
  offerWithoutModel: string;
  offerWithoutName: string;
  offerNameWrong(name: string): string;
}

/** Sentences that Juju 3 and Juju 4 say differently: what cannot be done, because it is there or because it is not. */
export interface Words extends OfferWords {
  /** Does `show-status-log` look at a name before it connects? */
  namesHistoryFirst: boolean;
  /** Does `switch` say what it took its target for? */
  tellsTarget: boolean;
  modelExists(name: string, owner: string): string;
  applicationExists(name: string): string;
  /** A deploy that fails while the application is being made. */
  cannotDeploy(name: string, reason: string): string;
  unknownOption(option: string): string;
  /** A new application is to have an endpoint in a space that its charm does not have. */
  unknownBinding(name: string, endpoint: string): string;
  /** `--to` names a machine that is not there. */
  noMachineForUnit(machine: string): string;
  cannotAddUnit(application: string, count: number, reason: string): string;
  noHostForContainer(machine: string): string;
  noSuchMachine(machine: string): string;
  /** `juju ssh` to a machine that is not there. */
  noMachineToReach(machine: string): string;
  hasContainers(machine: string, uuid: string, containers: string[]): string;
  hasUnits(machine: string, uuid: string, units: string[]): string;
  relationExists(left: string, right: string): string;
  noEndpoint(left: string, right: string, missing: string, application: boolean): string;
  incompatible(left: string, right: string): string;
  relationMissing(left: string, right: string): string;
  noUnitForTask(unit: string): string;
  noMachineForTask(machine: string): string;
  notInError(unit: string, uuid: string): string;
}

const JUJU_3: Words = {
  namesHistoryFirst: false,
  tellsTarget: false,
  modelOwner: "user name",
  offerOwnerChecked: true,
  offerNamesAnything: true,
  offerMalformed: (text) =>
    `application offer URL has invalid form, must be [<user/]<model>.<appname>: ${JSON.stringify(text)}`,
  offerWithoutModel: "application offer URL is missing model",
  offerWithoutName: "application offer URL is missing application",
  offerNameWrong: (name) => `application name ${JSON.stringify(name)} not valid`,
  namingModel: "getting model",
  modelExists: (name, owner) =>
    `failed to create new model: model "${name}" for ${owner} already exists (already exists)`,
  applicationExists: (name) =>
    `cannot add application "${name}": application already exists:\ndeploy application using an alias name:\n    juju deploy <application> <alias>\nor use remove-application to remove the existing one and try again.`,
  cannotDeploy: (name, reason) => `cannot deploy "${name}": ${reason}`,
  unknownOption: (option) => `unknown option "${option}"`,
  unknownBinding: (name, endpoint) =>
    `cannot add application "${name}": unknown endpoint "${endpoint}" not valid`,
  noMachineForUnit: (machine) => `machine ${machine} not found`,
  cannotAddUnit: (application, count, reason) =>
    `cannot add unit 1/${count} to application "${application}": ${reason}`,
  noHostForContainer: (machine) =>
    `cannot add a new machine: cannot add a new container: machine ${machine} not found`,
  noSuchMachine: (machine) => `removing machine failed: machine ${machine} not found`,
  noMachineToReach: (machine) => `machine ${machine} not found`,
  hasContainers: (machine, _uuid, containers) =>
    `removing machine failed: machine ${machine} is hosting containers "${containers.join(",")}"`,
  hasUnits: (machine, _uuid, units) =>
    `removing machine failed: machine ${machine} has unit "${units[0] ?? ""}" assigned`,
  relationExists: (left, right) =>
    `cannot add relation "${left} ${right}": relation ${left} ${right} already exists (already exists)\n\nUse 'juju status --relations' to view the current relations.`,
  noEndpoint: (_left, _right, missing, application) =>
    application ? `application "${missing}" not found` : "no relations found",
  incompatible: () => "no relations found",
  relationMissing: (left, right) => `relation "${left} ${right}" not found`,
  noUnitForTask: (unit) => `unit "${unit}" not found`,
  noMachineForTask: (machine) => `machine ${machine} not found`,
  notInError: (unit) => `unit "${unit}" is not in an error state`,
};

const between = (left: string, right: string): string =>
  `adding relation between endpoints "${left}" and "${right}"`;

const dying = (uuid: string, reason: string): string =>
  `removing machine failed: removing machine: machine "${uuid}": cannot set machine "${uuid}" to dying without force: ${reason}`;

const JUJU_4: Words = {
  namesHistoryFirst: true,
  tellsTarget: true,
  modelOwner: "qualifier",
  offerOwnerChecked: false,
  offerNamesAnything: false,
  offerMalformed: (text) =>
    `offer URL has invalid form, must be [<source>:][<qualifier>]<model>.<offername>: ${JSON.stringify(text)}`,
  offerWithoutModel: "offer URL is missing model",
  offerWithoutName: "offer URL is missing the name",
  offerNameWrong: (name) => `offer name ${JSON.stringify(name)} not valid`,
  namingModel: "validating model name",
  modelExists: (name, owner) => `model ${owner}/${name} already exists (already exists)`,
  applicationExists: (name) =>
    `cannot deploy "${name}": creating application "${name}": creating IAAS application "${name}": inserting IAAS application "${name}": checking if application "${name}" exists: application already exists`,
  cannotDeploy: (name, reason) => `cannot deploy "${name}": preparing application args: ${reason}`,
  unknownOption: (option) =>
    `validating create application args: validating application config: unknown option "${option}"`,
  unknownBinding: (name, endpoint) =>
    `cannot deploy "${name}": creating application "${name}": creating IAAS application "${name}": inserting IAAS application "${name}": inserting exposed endpoints for application "${name}": checking charm relation: charm relation(s) or extra binding "${endpoint}" not found`,
  noMachineForUnit: (machine) =>
    `making unit args: getting machine "${machine}" for unit placement directive: machine with name "${machine}" does not exist`,
  cannotAddUnit: (application, count, reason) =>
    `adding ${count} units to application "${application}": ${reason}`,
  noHostForContainer: (machine) => `machine "${machine}" not found`,
  noSuchMachine: (machine) =>
    `removing machine failed: getting machine UUID: getting UUID for machine "${machine}": machine "${machine}": machine not found`,
  noMachineToReach: (machine) =>
    `getting UUID for machine "${machine}": machine "${machine}": machine not found`,
  hasContainers: (_machine, uuid) => dying(uuid, "machine has containers"),
  hasUnits: (_machine, uuid) => dying(uuid, "machine has units"),
  relationExists: (left, right) =>
    `${between(left, right)}: cannot add relation "${left}", "${right}": relation ${left} ${right}: already exists`,
  noEndpoint: (left, right, missing) =>
    `${between(left, right)}: cannot relate endpoints "${left}" and "${right}": no candidates for ${missing}: relation endpoint not found`,
  incompatible: (left, right) =>
    `${between(left, right)}: cannot relate endpoints "${left}" and "${right}": no compatible endpoints found between applications`,
  relationMissing: (left, right) =>
    `relation with endpoints [${left} ${right}] or id 0 not found (not found)`,
  noUnitForTask: (unit) =>
    `linking task to unit: getting unit UUID for "${unit}": unit "${unit}" not found`,
  noMachineForTask: (machine) =>
    `getting machine UUID for "${machine}": machine "${machine}" not found`,
  notInError: (_unit, uuid) =>
    `resolving unit: checking unit "${uuid}" status: unit is not in error state`,
};

export const wordsOf = (major: 3 | 4): Words => (major === 4 ? JUJU_4 : JUJU_3);
