import type { Call } from "../call";

type Handler = (call: Call) => number | Promise<number>;

const from =
  (load: () => Promise<Record<string, unknown>>, name: string) => async (): Promise<Handler> =>
    (await load())[name] as Handler;

const access = () => import("./access");
const actions = () => import("./actions");
const applications = () => import("./applications");
const blocks = () => import("./blocks");
const bootstrap = () => import("./bootstrap");
const cloudAccess = () => import("./cloudAccess");
const cloudList = () => import("./cloudList");
const clouds = () => import("./clouds");
const config = () => import("./config");
const controllerList = () => import("./controllerList");
const consuming = () => import("./consume");
const controllers = () => import("./controllers");
const credentialList = () => import("./credentialList");
const credentials = () => import("./credentials");
const debugLog = () => import("./debugLog");
const deploy = () => import("./deploy");
const destroyController = () => import("./destroyController");
const destroyModel = () => import("./destroyModel");
const enableHa = () => import("./enableHa");
const exporting = () => import("./exportBundle");
const exposing = () => import("./expose");
const exec = () => import("./exec");
const helping = () => import("./helpCommands");
const login = () => import("./login");
const machines = () => import("./machines");
const modelConfig = () => import("./modelConfig");
const models = () => import("./models");
const offers = () => import("./offers");
const operations = () => import("./operations");
const refresh = () => import("./refresh");
const register = () => import("./register");
const kubernetes = () => import("./kubernetes");
const regionList = () => import("./regions");
const relations = () => import("./relations");
const removal = () => import("./removal");
const removeMachine = () => import("./removeMachine");
const resources = () => import("./resources");
const run = () => import("./run");
const secrets = () => import("./secrets");
const settings = () => import("./settings");
const show = () => import("./show");
const showCloud = () => import("./showCloud");
const showingCredential = () => import("./showCredential");
const ssh = () => import("./ssh");
const sshKeys = () => import("./sshKeys");
const status = () => import("./status");
const statusLog = () => import("./statusLog");
const storage = () => import("./storage");
const switching = () => import("./switch");
const updatingCredential = () => import("./updateCredential");
const userList = () => import("./userList");
const users = () => import("./users");
const version = () => import("./version");
const waiting = () => import("./waitFor");

/** Commands and their code, loaded when called. */
export const HANDLERS: Record<string, () => Promise<Handler>> = {
  actions: from(actions, "actions"),
  "add-cloud": from(clouds, "addCloud"),
  "add-credential": from(credentials, "addCredential"),
  "add-machine": from(machines, "addMachine"),
  "add-model": from(models, "addModel"),
  "add-secret": from(secrets, "addSecret"),
  "add-space": from(machines, "addSpace"),
  "add-ssh-key": from(sshKeys, "addSshKey"),
  "add-storage": from(storage, "addStorage"),
  "add-unit": from(applications, "addUnit"),
  "attach-resource": from(resources, "attachResource"),
  "attach-storage": from(storage, "attachStorage"),
  "add-user": from(users, "addUser"),
  bind: from(applications, "bind"),
  bootstrap: from(bootstrap, "bootstrap"),
  "cancel-task": from(operations, "cancelTask"),
  "change-user-password": from(users, "changeUserPassword"),
  clouds: from(cloudList, "clouds"),
  config: from(config, "config"),
  constraints: from(applications, "constraints"),
  consume: from(consuming, "consume"),
  "controller-config": from(settings, "controllerConfig"),
  controllers: from(controllerList, "controllers"),
  credentials: from(credentialList, "listCredentials"),
  "debug-log": from(debugLog, "debugLog"),
  "default-credential": from(credentials, "defaultCredential"),
  "default-region": from(clouds, "defaultRegion"),
  deploy: from(deploy, "deploy"),
  "destroy-controller": from(destroyController, "destroyController"),
  "destroy-model": from(destroyModel, "destroyModel"),
  "detach-storage": from(storage, "detachStorage"),
  "disable-command": from(blocks, "disableCommand"),
  "disable-user": from(users, "disableUser"),
  "disabled-commands": from(blocks, "disabledCommands"),
  "enable-command": from(blocks, "enableCommand"),
  "enable-ha": from(enableHa, "enableHa"),
  "enable-user": from(users, "enableUser"),
  exec: from(exec, "exec"),
  "export-bundle": from(exporting, "exportBundle"),
  expose: from(exposing, "expose"),
  "find-offers": from(offers, "findOffers"),
  grant: from(access, "grant"),
  "grant-cloud": from(cloudAccess, "grantCloud"),
  "grant-secret": from(secrets, "grantSecret"),
  "help-action-commands": from(helping, "helpActionCommands"),
  "help-hook-commands": from(helping, "helpHookCommands"),
  "import-filesystem": from(storage, "importFilesystem"),
  integrate: from(relations, "integrate"),
  "kill-controller": from(destroyController, "killController"),
  login: from(login, "login"),
  logout: from(login, "logout"),
  machines: from(status, "machines"),
  "model-config": from(modelConfig, "modelConfig"),
  "model-constraints": from(modelConfig, "modelConstraints"),
  "model-defaults": from(settings, "modelDefaults"),
  models: from(models, "models"),
  offer: from(offers, "offer"),
  offers: from(offers, "offers"),
  operations: from(operations, "operations"),
  refresh: from(refresh, "refresh"),
  regions: from(regionList, "regions"),
  register: from(register, "register"),
  "reload-spaces": from(machines, "reloadSpaces"),
  "remove-application": from(removal, "removeApplication"),
  "remove-cloud": from(clouds, "removeCloud"),
  "remove-credential": from(credentials, "removeCredential"),
  "remove-k8s": from(kubernetes, "removeK8s"),
  "remove-machine": from(removeMachine, "removeMachines"),
  "remove-offer": from(offers, "removeOffer"),
  "remove-relation": from(relations, "removeRelation"),
  "remove-saas": from(consuming, "removeSaas"),
  "remove-secret": from(secrets, "removeSecret"),
  "remove-ssh-key": from(sshKeys, "removeSshKey"),
  "remove-storage": from(storage, "removeStorage"),
  "remove-unit": from(removal, "removeUnit"),
  "remove-user": from(users, "removeUser"),
  resources: from(resources, "resources"),
  "resume-relation": from(consuming, "resumeRelation"),
  resolved: from(applications, "resolved"),
  "retry-provisioning": from(machines, "retryProvisioning"),
  revoke: from(access, "revoke"),
  "revoke-cloud": from(cloudAccess, "revokeCloud"),
  "revoke-secret": from(secrets, "revokeSecret"),
  run: from(run, "run"),
  secrets: from(secrets, "secrets"),
  scp: from(ssh, "scp"),
  "set-constraints": from(applications, "setConstraints"),
  "set-credential": from(credentials, "setCredential"),
  "set-model-constraints": from(modelConfig, "setModelConstraints"),
  "show-action": from(actions, "showAction"),
  "show-application": from(show, "showApplication"),
  "show-cloud": from(showCloud, "showCloud"),
  "show-controller": from(controllerList, "showController"),
  "show-credential": from(showingCredential, "showCredential"),
  "show-machine": from(status, "showMachine"),
  "show-model": from(models, "showModel"),
  "show-offer": from(offers, "showOffer"),
  "show-operation": from(operations, "showOperation"),
  "show-secret": from(secrets, "showSecret"),
  "show-status-log": from(statusLog, "showStatusLog"),
  "show-storage": from(storage, "showStorage"),
  "show-task": from(operations, "showTask"),
  "show-unit": from(show, "showUnit"),
  "show-user": from(userList, "showUser"),
  spaces: from(machines, "spaces"),
  ssh: from(ssh, "ssh"),
  "ssh-keys": from(sshKeys, "sshKeys"),
  status: from(status, "status"),
  storage: from(storage, "storage"),
  "storage-pools": from(storage, "storagePools"),
  "suspend-relation": from(consuming, "suspendRelation"),
  subnets: from(machines, "subnets"),
  switch: from(switching, "switchTo"),
  trust: from(applications, "trust"),
  unexpose: from(exposing, "unexpose"),
  unregister: from(controllers, "unregister"),
  "update-cloud": from(clouds, "updateCloud"),
  "update-credential": from(updatingCredential, "updateCredential"),
  "update-k8s": from(kubernetes, "updateK8s"),
  "update-secret": from(secrets, "updateSecret"),
  users: from(userList, "users"),
  version: from(version, "version"),
  "wait-for": from(waiting, "waitFor"),
  whoami: from(userList, "whoami"),
};
