import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { dump } from "js-yaml";
import { loadFaults } from "../core/faults";
import { open } from "../core/store";
import type { Rack } from "../core/rack";
import { Status } from "../maas/state";
import { parseJson } from "./compare";
import { API_KEY, ask, type JujuUser } from "./jujuClient";
import type { Names } from "./plain";
import type { CliCall } from "./recording";
import { adopt, ensureTags, newNetwork } from "./world";

/** What a recording of a controller takes for granted: clouds, credentials, machines, images, earlier bootstraps. */

/** The version that the recorded client has. */
export const profileOfRecording = (calls: CliCall[]): { maas: string; juju: string } => {
  const said = calls
    .map(
      (call) =>
        /Juju agent version (\S+) for/.exec(call.stderr ?? "")?.[1] ??
        (call.argv[1] === "version" && call.argv.length === 2
          ? /^(\d[^\s]*?)-\w+-\w+$/m.exec(call.stdout ?? "")?.[1]
          : undefined),
    )
    .find((version) => version !== undefined);
  return { maas: "3.4", juju: said ?? "3.6.25" };
};

const bootstraps = (call: CliCall): boolean => call.argv[1] === "bootstrap" && call.rc === 0;

const cloudsUsed = (calls: CliCall[]): string[] => [
  ...new Set(calls.filter(bootstraps).map((call) => call.argv[2]?.split("/")[0] ?? "")),
];

/** Endpoint of a MAAS cloud as the client shows it. */
const endpointOf = (calls: CliCall[], cloud: string): string => {
  for (const call of calls) {
    const value = parseJson(call.stdout ?? "") as
      Record<string, { endpoint?: string } | undefined> | undefined;
    const endpoint = call.argv[1] === "clouds" ? value?.[cloud]?.endpoint : undefined;
    if (endpoint !== undefined) return endpoint;
  }
  return "http://127.0.0.1:5240/MAAS";
};

const writeClouds = (user: JujuUser, calls: CliCall[]): void => {
  const used = cloudsUsed(calls);
  const own = used.filter((cloud) => cloud !== "localhost" && cloud !== "");
  const maas = (cloud: string) => ({
    type: "maas",
    "auth-types": ["oauth1"],
    endpoint: endpointOf(calls, cloud),
  });
  const write = (name: string, value: unknown): void =>
    writeFileSync(join(user.data, name), dump(value), { mode: 0o600 });
  write("clouds.yaml", { clouds: Object.fromEntries(own.map((cloud) => [cloud, maas(cloud)])) });
  const key = { "auth-type": "oauth1", "maas-oauth": API_KEY };
  write("credentials.yaml", {
    credentials: {
      ...(used.includes("localhost")
        ? {
            localhost: {
              "default-credential": "localhost",
              localhost: { "auth-type": "certificate" },
            },
          }
        : {}),
      ...Object.fromEntries(own.map((cloud) => [cloud, { admin: key }])),
    },
  });
};

/** Machines of MAAS that the recording shows. */
interface Shown {
  "instance-id"?: string;
  "display-name"?: string;
  "ip-addresses"?: string[];
  hardware?: string;
  containers?: Record<string, Shown>;
}

const shownMachines = (calls: CliCall[]): Shown[] =>
  calls.flatMap((call) => {
    const value = parseJson(call.stdout ?? "") as
      { machines?: Record<string, Shown | undefined> } | undefined;
    return Object.values(value?.machines ?? {}).filter((each) => each !== undefined);
  });

const inHardware = (hardware: string, key: string): string =>
  new RegExp(`(?:^| )${key}=(\\S+)`).exec(hardware)?.[1] ?? "";

const adoptMachines = (rack: Rack, calls: CliCall[]): void => {
  for (const shown of shownMachines(calls)) {
    const { hardware = "" } = shown;
    const systemId = shown["instance-id"] ?? "";
    const hostname = shown["display-name"] ?? "";
    if (hostname === "" || hardware === "") continue;
    if (rack.maas.machines.some((each) => each.systemId === systemId)) continue;
    const tags = inHardware(hardware, "tags")
      .split(",")
      .filter((tag) => tag !== "");
    ensureTags(rack, tags);
    adopt(
      rack,
      {
        system_id: systemId,
        hostname,
        cpu_count: Number(inHardware(hardware, "cores")),
        memory: Number(inHardware(hardware, "mem").replace("M", "")),
        tag_names: tags,
        ip_addresses: shown["ip-addresses"] ?? [],
      },
      { commissioned: true, hasRoot: true, connected: true },
      Status.Ready,
    );
  }
};

/** Tags in constraints that MAAS did not call unknown are there, even if no machine has them. */
const tagsAskedFor = (calls: CliCall[]): string[] =>
  calls
    .flatMap((call) => call.argv)
    .flatMap((word) => /(?:^|\s)tags=(\S+)/.exec(word)?.[1]?.split(",") ?? []);

const prepareMaas = (user: JujuUser, calls: CliCall[]): void =>
  open(
    user.home,
    (rack) => {
      for (const call of calls.filter((each) => each.argv[1] === "spaces")) {
        const value = parseJson(call.stdout ?? "") as {
          spaces?: { name: string; subnets: Record<string, unknown> }[];
        };
        for (const { name, subnets } of value.spaces ?? []) {
          const [cidr] = Object.keys(subnets);
          if (name !== "alpha" && cidr !== undefined) newNetwork(rack, name, cidr);
        }
      }
      ensureTags(rack, tagsAskedFor(calls));
      adoptMachines(rack, calls);
    },
    { costsTime: false },
  );

/** Bases of which LXD had no image when the call was made. */
const missingImages = (calls: CliCall[], index: number): string[] => {
  const bases = new Set<string>();
  for (const call of calls.slice(0, index + 1)) {
    for (const shown of shownMachines([call]) as {
      base?: { channel: string };
      "machine-status"?: { current: string; message?: string };
    }[]) {
      const { message = "", current = "" } = shown["machine-status"] ?? {};
      const base = shown.base?.channel ?? "";
      if (message.includes("no matching image found")) bases.add(base);
      else if (current === "running") bases.delete(base);
    }
  }
  return [...bases];
};

/** Makes what the recording takes for granted from its beginning. */
export const setUp = async (user: JujuUser, calls: CliCall[]): Promise<void> => {
  writeClouds(user, calls);
  if (cloudsUsed(calls).some((cloud) => cloud !== "localhost")) prepareMaas(user, calls);
  const store = storeError(calls);
  if (store !== undefined)
    look(user, (rack) =>
      loadFaults(rack, [{ fault: "charm-store-timeout", count: 0, with: { text: store } }]),
    );
  const [first] = calls;
  if (first !== undefined && !bootstraps(first)) await bootstrapBefore(user, calls);
};

const look = (user: JujuUser, fn: (rack: Rack) => void): void =>
  open(user.home, fn, { costsTime: false });

/** Makes what call `index` takes for granted and no call before it has made. */
export const prepare = (user: JujuUser, calls: CliCall[], index: number): void => {
  const ahead = calls.findIndex((call, at) => at > index && call.argv[1] !== "status");
  const missing = missingImages(calls, ahead < 0 ? index : ahead);
  look(user, (rack) => {
    rack.juju.missingImages = missing;
    hasten(rack);
    // Machines that Juju has deleted from MAAS were put there again before the next bootstrap.
    const call = calls[index];
    if (call !== undefined && bootstraps(call)) adoptMachines(rack, calls);
  });
};

/** What the recorder's network said of the charm store, where it could not be reached. */
const storeError = (calls: CliCall[]): string | undefined =>
  calls
    .map((call) => /"https:\/\/api\.charmhub\.io[^"]*": (.+)/.exec(call.stderr ?? "")?.[1])
    .find((text) => text !== undefined);

/** The recorded machines were containers: what takes hardware minutes takes them seconds. */
const hasten = (rack: Rack): void => {
  const within = (due: number, seconds: number): number => Math.min(due, rack.now + seconds * 1000);
  for (const machine of rack.maas.machines) {
    if (machine.transition !== null) machine.transition.at = within(machine.transition.at, 5);
  }
  for (const model of rack.juju.controllers.flatMap((each) => each.models)) {
    for (const machine of model.machines)
      if (machine.step === "boot") machine.due = within(machine.due, 3);
    for (const unit of model.applications.flatMap((each) => each.units))
      if (unit.stage > 0 && unit.stage < 3) unit.stageEnds = within(unit.stageEnds, 1);
  }
};

/** A controller that was there when the recording began is bootstrapped as the recording does it later. */
const bootstrapBefore = async (user: JujuUser, calls: CliCall[]): Promise<void> => {
  const later = calls.find(bootstraps);
  if (later !== undefined) await ask(user, later);
};

const instanceNames = (calls: CliCall[]): string[] =>
  shownMachines(calls)
    .flatMap((each) => [each["instance-id"] ?? "", each["display-name"] ?? "", hostnameOf(each)])
    .filter((name) => name !== "" && name !== "pending" && !name.startsWith("juju-"));

const hostnameOf = (shown: Shown): string => (shown as { hostname?: string }).hostname ?? "";

/** Which words stand for machines, there and here. */
export const namesOf = (user: JujuUser, calls: CliCall[]): Names => ({
  machines: new Set([
    ...instanceNames(calls),
    ...open(
      user.home,
      (rack) => rack.maas.machines.flatMap((each) => [each.systemId, each.hostname]),
      { costsTime: false },
    ),
  ]),
  places: [[user.lab, "$LAB"]],
});
