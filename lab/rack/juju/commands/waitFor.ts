import type { Rack } from "../../core/rack";
import type { Call } from "../call";
import { findApplication, findMachine, findUnit, needApplication } from "../engine/find";
import { JujuError } from "../errors";
import { WAIT_FOR_HELP } from "../grammar/waitForHelp";
import { Evaluation } from "../query/evaluate";
import { explained } from "../query/explain";
import { type Node, parseQuery } from "../query/parser";
import {
  applicationScope,
  machineScope,
  modelScope,
  Seen,
  type Things,
  unitScope,
} from "../query/scopes";
import type { Scope, Value } from "../query/values";
import type { Model } from "../state";
import { seconds } from "./tasks";

/** `juju wait-for`: comes back when a query about something in a model has come true. */

interface Goal {
  /** Default of `--query`. */
  query: string;
  /** How the thing is called where it runs, has gone or goes. */
  title(name: string): string;
  /** What it is now; undefined where it is not there. */
  look(
    seen: Seen,
    rack: Rack,
    model: Model,
    name: string,
  ): { scope: Scope; life: string; found?: string } | undefined;
}

const quoted = (kind: string) => (name: string) => `${kind} "${name}"`;

const GOALS: Record<string, Goal> = {
  application: {
    query: 'life=="alive" && status=="active"',
    title: quoted("Application"),
    look: (seen, _rack, model, name) => {
      const application = findApplication(model, name);
      if (application === undefined) return undefined;
      const scope = applicationScope(seen, model, application);
      const status = applicationScope(new Seen(), model, application).get("status");
      const found = status.kind === "string" ? ` with "${status.value}"` : "";
      return { scope, life: application.life, found };
    },
  },
  machine: {
    query: 'life=="alive" && status=="started"',
    title: quoted("machine"),
    look: (seen, _rack, model, id) => {
      const machine = findMachine(model, id);
      return machine && { scope: machineScope(seen, machine), life: machine.life };
    },
  },
  model: {
    query: 'life=="alive" && status=="available"',
    title: quoted("model"),
    look: (seen, rack, model) => ({ scope: modelScope(seen, rack, model), life: model.life }),
  },
  unit: {
    query: 'life=="alive" && workload-status=="active"',
    title: quoted("unit"),
    look: (seen, _rack, model, name) => {
      const unit = findUnit(model, name);
      if (unit === undefined) return undefined;
      const application = needApplication(model, name.split("/")[0] ?? "");
      return { scope: unitScope(seen, model, application, unit), life: unit.life };
    },
  },
};

type Properties = Record<string, unknown>;

const plain = (value: Value): unknown => (value.kind === "scopes" ? {} : plainValue(value));
const plainValue = (value: Value): unknown =>
  value.kind === "lambda" || value.kind === "scope" ? {} : value.value;

/** What the query has looked at, with its values. */
const propertiesOf = (scope: Scope, names: Iterable<string>): Properties =>
  Object.fromEntries(
    [...names].sort().flatMap((name) => {
      try {
        return [[name, plain(scope.get(name))] as const];
      } catch {
        return [];
      }
    }),
  );

const scopeOf = (model: Model, things: Things, name: string): Scope | undefined => {
  const seen = new Seen();
  if (things === "machines") {
    const machine = findMachine(model, name);
    return machine && machineScope(seen, machine);
  }
  const application = findApplication(model, name.split("/")[0] ?? "");
  if (application === undefined) return undefined;
  if (things === "applications") return applicationScope(seen, model, application);
  const unit = findUnit(model, name);
  return unit && unitScope(seen, model, application, unit);
};

const summaryOf = (model: Model, scope: Scope, seen: Seen): Properties => {
  const inner = (things: Things): Properties =>
    Object.fromEntries(
      [...(seen.children.get(things) ?? [])].flatMap(([name, child]) => {
        const found = scopeOf(model, things, name);
        return found === undefined ? [] : [[name, propertiesOf(found, child.names)] as const];
      }),
    );
  const groups = (["applications", "units", "machines"] as const)
    .map((things) => [things, inner(things)] as const)
    .filter(([, found]) => Object.keys(found).length > 0);
  return { properties: propertiesOf(scope, [...seen.names]), ...Object.fromEntries(groups) };
};

interface Look {
  now: number;
  /** Changes whenever something of the model does: Juju is told of each change. */
  version: string;
  there: boolean;
  done: boolean;
  life: string;
  found: string;
  summary: Properties;
}

const lookAt = (call: Call, query: Node[], goal: Goal, name: string): Look => {
  const print = (text: string): void => call.out(text);
  return call.open((rack) => {
    const { model } = call.model(rack);
    const version = JSON.stringify([model.life, model.applications, model.machines]);
    const seen = new Seen();
    const thing = goal.look(seen, rack, model, name);
    const before = { now: rack.now, version, there: false, done: false };
    if (thing === undefined) return { ...before, life: "", found: "", summary: {} };
    const done = explained(call.flag("query") ?? goal.query, print, () =>
      new Evaluation({ top: thing.scope, print }).holds(query),
    );
    const { life, found = "" } = thing;
    const summary = done ? summaryOf(model, thing.scope, seen) : {};
    return { ...before, there: true, done, life, found, summary };
  });
};

const finish = async (call: Call, goal: Goal, name: string, look: Look): Promise<number> => {
  if (call.flag("summary") === "false") return 0;
  const title = goal.title(name);
  if (look.life === "dying") {
    call.err(`${title} is being removed\n`);
    return 0;
  }
  const { goYaml } = await import("../render/yaml");
  call.err(`${title} is running\n`);
  call.out(goYaml(look.summary));
  return 0;
};

/** A model that goes while somebody waits takes everything in it along. */
const lookAgain = (before: Look | undefined, look: () => Look): Look | undefined => {
  try {
    return look();
  } catch (error) {
    const gone = error instanceof JujuError && /^model \S+ not found$/.test(error.message);
    if (before !== undefined && gone) return undefined;
    throw error;
  }
};

/** A model is looked for until there is one: it may still be made. */
const locate = async (call: Call, given: string, patience: number): Promise<string> => {
  const bare = (given.split(":").at(-1) ?? "").replace(/^[^/]*\//, "");
  call.args.flags.set("model", [given]);
  const begun = call.open((rack) => rack.now);
  for (let pause = 1; ; pause = Math.min(2 * pause, 10)) {
    const { there, now } = call.open((rack) => {
      const controller = call.controller(rack, call.controllerName(1));
      return { there: controller.models.some((each) => each.name === bare), now: rack.now };
    });
    if (there) return bare;
    call.err(`model "${bare}" not found, waiting...\n`);
    if ((now - begun) / 1000 + pause > patience)
      throw new JujuError(`unable to locate model "${bare}"`, 2);
    await call.wait(pause);
  }
};

export const waitFor = async (call: Call): Promise<number> => {
  const [kind = "", given = ""] = call.words;
  const goal = GOALS[kind];
  if (goal === undefined) {
    call.out(WAIT_FOR_HELP);
    return 0;
  }
  const patience = seconds(call.flag("timeout") ?? "10m");
  const name = kind === "model" ? await locate(call, given, patience) : given;
  const source = call.flag("query") ?? goal.query;
  const query = explained(
    source,
    (text) => call.out(text),
    () => parseQuery(source),
  );
  let before: Look | undefined;
  for (let begun: number | undefined, pause = 1; ; pause = Math.min(pause * 1.5, 5)) {
    const look: Look | undefined = lookAgain(before, () => lookAt(call, query, goal, name));
    if (look === undefined) throw new JujuError(`${kind} ${name} removed`);
    begun ??= look.now;
    if (before?.there === true && !look.there) throw new JujuError(`${kind} ${name} removed`);
    if (look.done) return finish(call, goal, name, look);
    if (look.version !== before?.version)
      call.err(
        look.there
          ? `${kind} "${name}" found${look.found}, waiting...\n`
          : `${kind} "${name}" not found, waiting...\n`,
      );
    before = look;
    const left = patience - (look.now - begun) / 1000;
    if (left <= 0) throw new JujuError(`timed out waiting for "${name}" to reach goal state`);
    await call.wait(Math.min(pause, left));
  }
};
