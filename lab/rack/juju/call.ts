import { existsSync, readFileSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import { takeFault } from "../core/faults";
import type { Io, Rack } from "../core/rack";
import { open, pause } from "../core/store";
import type { Arguments } from "./grammar/arguments";
import { checkAccess, signIn } from "./client/session";
import { type NamedModel, nameModel, notFound, REFRESHING } from "./client/modelName";
import { asksControllerFirst, looksAtModelFirst } from "./client/modelFirst";
import { ClientStore } from "./client/store";
import { endpointsOf, isHa, unreachable } from "./engine/highAvailability";
import { OWNER, qualifiedName } from "./engine/find";
import { JujuError, usage } from "./errors";
import { profileOf, type Profile } from "./profile";
import type { Controller, Model } from "./state";

const NO_CONTROLLERS = `No controllers registered.

Please either create a new controller using "juju bootstrap" or connect to
another controller that you have been given access to using "juju register".
`;

export const FOREIGN_CA =
  'unable to connect to API: tls: failed to verify certificate: x509: certificate signed by unknown authority (possibly because of "x509: ECDSA verification failure" while trying to verify candidate authority certificate "juju-apiserver")';

/** One call of `juju`: its command line, its streams and what it can reach. */
export class Call {
  readonly client: ClientStore;
  private signedIn: string | undefined;
  private unread: string | undefined;

  constructor(
    readonly command: string,
    readonly args: Arguments,
    public io: Io,
    readonly env: NodeJS.ProcessEnv,
    readonly home: string,
    readonly version: string,
    /** The reason why the controller cannot be reached, as this command tells it. */
    readonly unreachable: (reason: string) => string,
  ) {
    this.client = new ClientStore(env);
  }

  get profile(): Profile {
    return profileOf(this.version);
  }

  get words(): string[] {
    return this.args.words;
  }

  flag(name: string): string | undefined {
    return this.args.flags.get(name)?.at(-1);
  }

  all(name: string): string[] {
    return this.args.flags.get(name) ?? [];
  }

  on(name: string): boolean {
    return this.flag(name) === "true";
  }

  get format(): string {
    return this.flag("format") ?? "";
  }

  out(text: string): void {
    this.io.out(text);
  }

  err(text: string): void {
    this.io.err(text);
  }

  json(value: unknown): void {
    this.io.out(`${goJson(value)}\n`);
  }

  /** Prints a document: JSON where it was asked for, YAML otherwise. */
  async show(value: unknown): Promise<number> {
    const { dump } = await import("js-yaml");
    if (this.format === "json") this.json(value);
    else this.out(dump(value, { lineWidth: -1 }));
    return 0;
  }

  path(name: string): string {
    return isAbsolute(name) ? name : join(this.env.PWD ?? process.cwd(), name);
  }

  /**
   * The path of a file that is to be read, as the snap sees it: below the home, not hidden, or in a folder of the
   * snap's own. Throws in Go's words where there is no such file or it may not be seen.
   */
  readable(name: string): string {
    const path = resolve(this.path(name));
    const fail = (reason: string): never => {
      throw new JujuError(`open ${name}: ${reason}`);
    };
    if (this.env.RACK_UNCONFINED !== "1") {
      const inHome = relative(this.env.HOME ?? "/", path);
      const outside = inHome.startsWith("..") || isAbsolute(inHome);
      if (outside && path.startsWith("/tmp/")) fail("no such file or directory");
      const own = !relative(this.client.folder, path).startsWith("..");
      const hidden = inHome.split("/").some((part) => part.startsWith("."));
      if (!own && (outside || hidden)) fail("permission denied");
    }
    if (!existsSync(path)) fail("no such file or directory");
    return path;
  }

  /** Is there a file that may be read? */
  sees(name: string): boolean {
    try {
      this.readable(name);
      return true;
    } catch (error) {
      if (error instanceof JujuError) return false;
      throw error;
    }
  }

  read(name: string): string {
    return readFileSync(this.readable(name), "utf8");
  }

  noMoreWords(count: number): void {
    const extra = this.words.slice(count);
    if (extra.length > 0)
      throw usage(`unrecognized args: [${extra.map((word) => JSON.stringify(word)).join(" ")}]`);
  }

  open<T>(fn: (rack: Rack) => T): T {
    return open(this.home, fn);
  }

  /** Lets virtual time pass. */
  async wait(seconds: number): Promise<void> {
    await pause(this.home, seconds);
  }

  /** As whom the call has logged in. */
  get user(): string {
    return this.signedIn ?? OWNER;
  }

  /** The next line of standard input; undefined at its end. */
  line(): string | undefined {
    this.unread ??= this.io.stdin();
    const at = this.unread.indexOf("\n");
    if (at < 0) return undefined;
    const line = this.unread.slice(0, at);
    this.unread = this.unread.slice(at + 1);
    return line;
  }

  /** Name of the controller that the call is for. */
  controllerName(status: 1 | 2): string {
    const model = this.flag("model");
    const named = this.flag("controller") ?? (model?.includes(":") ? model.split(":")[0] : "");
    const file = this.client.controllers();
    const name = named === "" || named === undefined ? file["current-controller"] : named;
    if (name === undefined) {
      if (Object.keys(file.controllers).length === 0) throw new JujuError(NO_CONTROLLERS, status);
      const known = Object.keys(file.controllers).sort().join("\n  - ");
      throw new JujuError(
        `No selected controller.\n\nUse "juju switch" to select from the following controllers:\n\n  - ${known}`,
        status,
      );
    }
    if (!(name in file.controllers)) throw new JujuError(`controller ${name} not found`, status);
    return name;
  }

  /** The model that the call names; throws where that is no name. */
  namedModel(controller: string): NamedModel {
    const given = this.flag("model") ?? this.env.JUJU_MODEL ?? "";
    const bare = given.slice(given.indexOf(":") + 1);
    return nameModel(this.client, controller, bare, this.profile.words);
  }

  /** What a command says that looks at its model's type first: Juju 3 leaves out what it was about to do. */
  private causeOf(reason: string): string {
    return this.profile.major === 3 ? reason.replace(/^unable to connect to API: /, "") : reason;
  }

  /** How it is told that the controller of a model cannot be reached: one that the client does not know is asked for first. */
  private toldOf(named: NamedModel): (reason: string) => string {
    if (named.known) return this.unreachable;
    if (looksAtModelFirst(this)) return (reason) => this.causeOf(reason);
    if (asksControllerFirst(this)) return this.unreachable;
    return (reason) => this.unreachable(`${REFRESHING}${reason}`);
  }

  /** The controller of this name, logged in to it. */
  controller(rack: Rack, name: string, told = this.unreachable): Controller {
    const controller = this.reach(rack, name, told);
    try {
      this.signedIn ??= signIn(this, rack, name, controller).name;
    } catch (error) {
      if (error instanceof JujuError) throw new JujuError(told(error.message));
      throw error;
    }
    this.learnEndpoints(name, controller);
    return controller;
  }

  /** The controller of this name, if its API answers. */
  reach(rack: Rack, name: string, told = this.unreachable): Controller {
    const entry = this.client.controllers().controllers[name];
    const controller = rack.juju.controllers.find((each) => each.uuid === entry?.uuid);
    const endpoints = entry?.["api-endpoints"] ?? [];
    const fail = (reason: string): never => {
      throw new JujuError(told(reason));
    };
    if (endpoints.length === 0) fail("no API addresses");
    if (controller === undefined) return fail(FOREIGN_CA);
    const subject = `juju ${this.command}`;
    const refused = this.env.RACK_REFUSED === "1";
    if (refused || takeFault(rack, "controller-down", subject) !== undefined)
      fail(
        `unable to connect to API: dial tcp ${controller.endpoint}: connect: connection refused`,
      );
    const rebooting =
      !isHa(controller) && takeFault(rack, "controller-rebooting", subject) !== undefined;
    const reason = rebooting
      ? `dial tcp ${controller.endpoint}: connect: no route to host`
      : unreachable(controller, endpoints);
    if (reason !== undefined) fail(`unable to connect to API: ${reason}`);
    return controller;
  }

  /** Whoever has logged in knows where the controller listens now; the address that answered stays the first. */
  private learnEndpoints(name: string, controller: Controller): void {
    const file = this.client.controllers();
    const entry = file.controllers[name];
    const known = entry?.["api-endpoints"] ?? [];
    const now = endpointsOf(controller);
    const kept = known.filter((each) => now.includes(each));
    const all = [...kept, ...now.filter((each) => !kept.includes(each))];
    if (entry === undefined || all.join() === known.join()) return;
    entry["api-endpoints"] = all;
    this.client.write("controllers.yaml", file);
  }

  model(rack: Rack): { controller: Controller; model: Model } {
    const name = this.controllerName(1);
    const named = this.namedModel(name);
    if (asksControllerFirst(this) && !looksAtModelFirst(this)) this.reach(rack, name);
    if (named.wrong !== undefined) throw new JujuError(this.unreachable(named.wrong.message));
    const controller = this.controller(rack, name, this.toldOf(named));
    const model = controller.models.find((each) => qualifiedName(each) === named.qualified);
    if (model === undefined) throw new JujuError(notFound(name, named));
    checkAccess(this, controller, model, this.user);
    return { controller, model };
  }

  /** Runs on a model of the rack, alone. */
  inModel<T>(fn: (model: Model, rack: Rack, controller: Controller) => T): T {
    return this.open((rack) => {
      const { controller, model } = this.model(rack);
      return fn(model, rack, controller);
    });
  }

  inController<T>(fn: (controller: Controller, rack: Rack) => T): T {
    const name = this.controllerName(1);
    return this.open((rack) => fn(this.controller(rack, name), rack));
  }
}

/** Go's JSON: `<`, `>` and `&` are escaped. */
export const goJson = (value: unknown): string =>
  JSON.stringify(value)
    .replaceAll("<", "\\u003c")
    .replaceAll(">", "\\u003e")
    .replaceAll("&", "\\u0026");
