import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { dump, load } from "js-yaml";
import { loadFaults } from "../core/faults";
import { open } from "../core/store";
import { type JujuUser, ask, compareCall, difference, newUser } from "./jujuClient";
import type { Outcome } from "./maas";
import { parseJson } from "./compare";
import type { CliCall, RecordedFile } from "./recording";

/** Names of a client that lives through one call only: nothing has to be mapped. */
const NONE = { machines: new Set<string>(), places: [] };

interface KnownController {
  uuid: string;
  "ca-cert": string;
  "api-endpoints": string[];
  cloud: string;
  region?: string;
  "agent-version": string;
  "current-model"?: string;
  user?: string;
  access?: string;
}

/** The controllers that a recorded client knew: it shows them in `controllers --format json`. */
const knownControllers = (calls: CliCall[]): Record<string, KnownController> => {
  const shown = calls.find(
    (call) => call.state === "known" && call.argv.join(" ") === "juju controllers --format json",
  );
  const value = parseJson(shown?.stdout ?? "") as
    { controllers: Record<string, KnownController> } | undefined;
  return value?.controllers ?? {};
};

const write = (user: JujuUser, name: string, value: unknown): void =>
  writeFileSync(join(user.data, name), dump(value, { lineWidth: -1 }), { mode: 0o600 });

/** A controller whose certificate is of a foreign CA: the client gets as far as the connection. */
const know = (user: JujuUser, controllers: Record<string, KnownController>): void => {
  const [current] = Object.keys(controllers);
  const each = (entry: (name: string, controller: KnownController) => unknown): unknown =>
    Object.fromEntries(
      Object.entries(controllers).map(([name, value]) => [name, entry(name, value)]),
    );
  write(user, "controllers.yaml", {
    controllers: each((_name, controller) => {
      const { uuid, cloud, region } = controller;
      return {
        uuid,
        cloud,
        ...(region === undefined ? {} : { region }),
        "api-endpoints": controller["api-endpoints"],
        "ca-cert": controller["ca-cert"],
        "agent-version": controller["agent-version"],
        "controller-machine-count": 1,
        "active-controller-machine-count": 0,
        "machine-count": 1,
      };
    }),
    "current-controller": current,
  });
  write(user, "models.yaml", {
    controllers: each((_name, controller) => ({
      models: {
        [`admin/${controller["current-model"] ?? "m"}`]: { uuid: "x", type: "iaas" },
        "admin/controller": { uuid: "y", type: "iaas" },
      },
      "current-model": `admin/${controller["current-model"] ?? "m"}`,
    })),
  });
  write(user, "accounts.yaml", {
    controllers: each((_name, controller) => ({
      user: controller.user ?? "admin",
      password: "x",
      "last-known-access": controller.access ?? "superuser",
    })),
  });
};

/** Files as they stood after a call that is not in the recording. */
const restore = (user: JujuUser, files: Record<string, RecordedFile>): void => {
  for (const [name, file] of Object.entries(files)) {
    if (file.dir || file.text === undefined) continue;
    mkdirSync(dirname(join(user.data, name)), { recursive: true });
    writeFileSync(join(user.data, name), file.text, { mode: Number(file.mode) });
  }
};

const fileDifferences = (user: JujuUser, files: Record<string, RecordedFile>): string[] =>
  Object.entries(files).flatMap(([name, file]) => {
    const path = join(user.data, name);
    if (!existsSync(path)) return [`file ${name} missing`];
    const mode = `0o${(statSync(path).mode & 0o777).toString(8)}`;
    const wrong = mode === file.mode ? [] : [`file ${name}: mode ${mode}, expected ${file.mode}`];
    if (file.text === undefined) return wrong;
    const [theirs, ours] = [load(file.text), load(readFileSync(path, "utf8"))];
    return JSON.stringify(theirs) === JSON.stringify(ours)
      ? wrong
      : [...wrong, `file ${name}: ${JSON.stringify(ours)}`];
  });

/** Whether another process holds the client's lock. */
const hold = (user: JujuUser, held: boolean): void =>
  open(
    user.home,
    (rack) => loadFaults(rack, held ? [{ fault: "store-lock-timeout", count: 0 }] : []),
    { costsTime: false },
  );

/** Command lines that clients judged. In state `local` each follows the one before; in others the client is fresh. */
export const replayGrammar = async (
  file: string,
  calls: CliCall[],
  folder: string,
): Promise<Outcome> => {
  const outcome: Outcome = { calls: calls.length, differences: [] };
  const controllers = knownControllers(calls);
  let user: JujuUser | undefined;
  let lastState = "";
  for (const call of calls) {
    const juju = call.version ?? "3.6.25";
    const state = `${juju} ${call.state ?? ""}`;
    if (user === undefined || call.state !== "local" || state !== lastState) {
      user = newUser(folder, file, { maas: "3.5", juju });
      if (call.state === "local") rmSync(join(user.data, "ssh"), { recursive: true });
      if (call.state === "known") know(user, controllers);
    }
    lastState = state;
    if (call.filesBefore !== undefined) restore(user, call.filesBefore);
    hold(user, call.locked === true);
    const got = await ask(user, call);
    const found = compareCall(call, got, NONE);
    if (call.files !== undefined) found.push(...fileDifferences(user, call.files));
    if (found.length > 0) outcome.differences.push(difference(file, call, found));
  }
  return outcome;
};
