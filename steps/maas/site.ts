/** `maas/site`: brings the MAAS region's settings, zones, pools, subnets and address ranges to what configuration says. */
import { z } from "zod";

import { pollPause } from "../clock";
import { StepError } from "../errors";
import { bastionSpec, maasAccess, maasSecrets, toolName } from "../schema";
import type { AddressRange, MaasSecrets, MaasSiteResult, MaasSiteSpec } from "../specs";
import type { Step, StepContext } from "../step";
import { Maas } from "./cli";
import { planRanges, type WantedRange } from "./ranges";
import {
  imagesShape,
  namedShape,
  racksShape,
  rangesShape,
  type Range,
  subnetsShape,
  type Subnet,
  versionShape,
} from "./shapes";

/** Patience with the first import of boot images: some hundred MB over the site's uplink. */
const IMAGES_MS = 45 * 60_000;

const address = z.union([z.ipv4(), z.ipv6()]);
const range: z.ZodType<AddressRange> = z.strictObject({
  start: address,
  end: address,
  comment: z.string(),
});

const spec: z.ZodType<MaasSiteSpec> = z.strictObject({
  bastion: bastionSpec,
  maas: maasAccess,
  settings: z.record(toolName, z.string()),
  zones: z.array(toolName),
  pools: z.array(toolName),
  subnets: z.array(
    z.strictObject({
      cidr: z.union([z.cidrv4(), z.cidrv6()]),
      gateway: address,
      dns: z.array(address),
      dhcp: z.strictObject({ dynamicRange: range }).exactOptional(),
      reserved: z.array(range),
    }),
  ),
});

type SubnetSpec = MaasSiteSpec["subnets"][number];

async function converge(
  context: StepContext,
  spec: MaasSiteSpec,
  secrets: MaasSecrets,
): Promise<MaasSiteResult> {
  const maas = await Maas.login(context.bastion, spec.maas, secrets.maasApiKey);
  // Asked together: each call of the real client takes a second.
  const [version, ranges, seen] = await Promise.all([
    maas.read(versionShape, "version", "read"),
    maas.read(rangesShape, "ipranges", "read"),
    maas.read(subnetsShape, "subnets", "read"),
    convergeSettings(context, maas, spec.settings),
    createMissing(context, maas, "zones", spec.zones),
    createMissing(context, maas, "resource-pools", spec.pools),
    imagesPresent(context, maas),
  ]);
  let subnets = seen;
  let changed = false;
  for (const wanted of spec.subnets) {
    const subnet = findSubnet(subnets, wanted.cidr);
    changed = (await convergeSubnet(context, maas, wanted, subnet)) || changed;
    const own = ranges.filter((range) => range.subnet?.id === subnet.id);
    await convergeRanges(context, maas, wanted, subnet, own);
    changed = (await convergeDhcp(context, maas, wanted, subnet)) || changed;
  }
  if (changed) subnets = await maas.read(subnetsShape, "subnets", "read");
  return {
    version: version.version,
    subnets: spec.subnets.map(({ cidr }) => {
      const { id, vlan, space } = findSubnet(subnets, cidr);
      return {
        cidr,
        id,
        fabric: vlan.fabric,
        vid: vlan.vid,
        space: space ?? vlan.space ?? "undefined",
      };
    }),
  };
}

async function convergeSettings(
  context: StepContext,
  maas: Maas,
  settings: Record<string, string>,
): Promise<void> {
  for (const [name, value] of Object.entries(settings)) {
    const now = await maas.read(z.unknown(), "maas", "get-config", `name=${name}`);
    if (settingText(now) === value) continue;
    context.progress(`MAAS setting ${name}: "${settingText(now)}" becomes "${value}"`);
    await maas.change("maas", "set-config", `name=${name}`, `value=${value}`);
  }
}

function settingText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

async function createMissing(
  context: StepContext,
  maas: Maas,
  collection: "zones" | "resource-pools",
  names: string[],
): Promise<void> {
  if (names.length === 0) return;
  const existing = new Set(
    (await maas.read(namedShape, collection, "read")).map(({ name }) => name),
  );
  for (const name of names.filter((name) => !existing.has(name))) {
    context.progress(`MAAS ${collection}: ${name} is created`);
    await maas.change(collection, "create", `name=${name}`);
  }
}

function findSubnet(subnets: Subnet[], cidr: string): Subnet {
  const found = subnets.find((subnet) => subnet.cidr === cidr);
  if (found) return found;
  const known = subnets.map((subnet) => subnet.cidr).join(", ") || "none";
  throw new StepError(
    `network.cidr: MAAS has no subnet ${cidr}; it has ${known}. ` +
      "Correct the configuration, or connect MAAS's rack controller to that network: MAAS then finds the subnet by itself.",
  );
}

async function convergeSubnet(
  context: StepContext,
  maas: Maas,
  wanted: SubnetSpec,
  subnet: Subnet,
): Promise<boolean> {
  const changes: string[] = [];
  if (subnet.gateway_ip !== wanted.gateway) changes.push(`gateway_ip=${wanted.gateway}`);
  if ((subnet.dns_servers ?? []).join() !== wanted.dns.join())
    changes.push(`dns_servers=${wanted.dns.join(",")}`);
  if (changes.length === 0) return false;
  context.progress(`MAAS subnet ${wanted.cidr}: ${changes.join(" ")}`);
  await maas.change("subnet", "update", String(subnet.id), ...changes);
  return true;
}

async function convergeRanges(
  context: StepContext,
  maas: Maas,
  wanted: SubnetSpec,
  subnet: Subnet,
  existing: Range[],
): Promise<void> {
  const ranges: WantedRange[] = [
    ...wanted.reserved.map((range): WantedRange => ({ type: "reserved", ...range })),
    ...(wanted.dhcp ? [{ type: "dynamic" as const, ...wanted.dhcp.dynamicRange }] : []),
  ];
  // All are judged before the first is made, so that a refusal leaves nothing half-done.
  for (const { wanted: range, id } of planRanges(ranges, existing, wanted.cidr)) {
    const { type, start, end, comment } = range;
    context.progress(
      `MAAS ${type} range ${start} to ${end} (${comment}) is ${id === undefined ? "created" : "moved there"}`,
    );
    const bounds = [`start_ip=${start}`, `end_ip=${end}`];
    if (id !== undefined) await maas.change("iprange", "update", String(id), ...bounds);
    else {
      const fields = [`type=${type}`, ...bounds, `subnet=${subnet.id}`, `comment=${comment}`];
      await maas.change("ipranges", "create", ...fields);
    }
  }
}

async function convergeDhcp(
  context: StepContext,
  maas: Maas,
  wanted: SubnetSpec,
  subnet: Subnet,
): Promise<boolean> {
  if (!wanted.dhcp || subnet.vlan.dhcp_on) return false;
  const racks = await maas.read(racksShape, "rack-controllers", "read");
  const connected = (rack: (typeof racks)[number]): boolean =>
    rack.interface_set?.some(({ vlan }) => vlan?.id === subnet.vlan.id) ?? false;
  const rack = racks.find(connected) ?? racks[0];
  if (!rack) {
    throw new StepError(
      `MAAS has no rack controller, so it cannot answer DHCP on ${wanted.cidr}. Start one (maas init rack), then run again.`,
    );
  }
  context.progress(`MAAS DHCP on ${wanted.cidr} is switched on, served by ${rack.hostname}`);
  const vlan = [String(subnet.vlan.fabric_id), String(subnet.vlan.vid)];
  await maas.change("vlan", "update", ...vlan, "dhcp_on=true", `primary_rack=${rack.system_id}`);
  return true;
}

/** Without an image no machine can be commissioned. A running import is waited for; a missing one is started. */
async function imagesPresent(context: StepContext, maas: Maas): Promise<void> {
  const since = context.clock.now();
  for (let asked = false; ; await pollPause(context.clock, since)) {
    const images = await maas.read(imagesShape, "boot-resources", "read");
    if (images.some(({ type }) => type === "Synced" || type === "Uploaded")) return;
    if (context.clock.now() - since > IMAGES_MS) {
      throw new StepError(
        "MAAS has imported no boot image in 45 minutes. Look at Images in MAAS and at its way to the internet, then run again.",
      );
    }
    if (!asked && !(await maas.read(z.boolean(), "boot-resources", "is-importing"))) {
      context.progress("MAAS has no boot image: the import is started");
      await maas.change("boot-resources", "import");
    }
    if (!asked) context.progress("waiting for MAAS to import boot images");
    asked = true;
  }
}

export const maasSite: Step<MaasSiteSpec, MaasSecrets, MaasSiteResult> = {
  name: "maas/site",
  spec,
  secrets: maasSecrets,
  lock: () => "maas-site",
  converge,
};
