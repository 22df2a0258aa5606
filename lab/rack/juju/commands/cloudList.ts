import type { Call } from "../call";
import { JujuError } from "../errors";
import { table } from "../render/tabular";
import { readers } from "./clientFiles";
import { allClouds, cloudsOfClient, detailsOnController } from "./clouds";
import { askedClouds } from "./controllerClouds";

/** `juju clouds`: those of the client and of the current controller, or of one of them. */

type Shown = Record<string, Record<string, unknown>>;

const word = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : "";

/** A description is cut here. */
const LONGEST = 39;

const row = (name: string, cloud: Record<string, unknown>): string[] => {
  const regions = Object.keys(cloud.regions ?? {});
  return [name, String(regions.length), regions[0] ?? "", word(cloud.type)];
};

const localRow = (name: string, cloud: Record<string, unknown>): string[] => [
  ...row(name, cloud),
  word(cloud["credential-count"] ?? 0),
  word(cloud.defined),
  word(cloud.description).slice(0, LONGEST),
];

const sorted = (shown: Shown): [string, Record<string, unknown>][] =>
  Object.entries(shown).sort(([a], [b]) => (a < b ? -1 : 1));

const HEAD = ["Cloud", "Regions", "Default", "Type"];

const asTable = (local: Shown, remote: Shown): string => {
  const rows = sorted(remote).map(([name, cloud]) => [...row(name, cloud), ""]);
  const own = sorted(local).map(([name, cloud]) => localRow(name, cloud));
  const there =
    rows.length === 0
      ? ""
      : `\nClouds available on the controller:\n${table([[...HEAD, ""], ...rows], [1])}`;
  if (own.length === 0) return there;
  const first =
    there === "" ? "You can bootstrap a new controller using one of these clouds...\n" : "";
  const head = [...HEAD, "Credentials", "Source", "Description"];
  return `${there}${first}\nClouds available on the client:\n${table([head, ...own], [1])}`;
};

const remoteClouds = (call: Call, controller: string): Shown => {
  const fail = (reason: string): never => {
    throw new JujuError(`could not get clouds from controller "${controller}": ${reason}`);
  };
  return Object.fromEntries(
    Object.entries(askedClouds(call, fail, controller)).map(([name, entry]) => [
      name,
      detailsOnController(call, name, entry),
    ]),
  );
};

/** What could be read is shown, also where the controller does not answer. */
export const clouds = async (call: Call): Promise<number> => {
  const { client, controller } = readers(call);
  const every = call.on("all");
  const local = client ? (every ? allClouds(call) : cloudsOfClient(call)) : {};
  let remote: Shown = {};
  let failure: JujuError | undefined;
  if (controller !== undefined)
    try {
      remote = remoteClouds(call, controller);
    } catch (error) {
      if (!(error instanceof JujuError)) throw error;
      failure = error;
    }
  if (client && !every)
    call.err(
      "Only clouds with registered credentials are shown.\nThere are more clouds, use --all to see them.\n",
    );
  const all = { ...local, ...remote };
  if (["json", "yaml"].includes(call.format)) {
    if (failure !== undefined && Object.keys(all).length === 0) call.out("null\n");
    else await call.show(all);
  } else call.out(asTable(local, remote));
  if (failure !== undefined) throw failure;
  return 0;
};
