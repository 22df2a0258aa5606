import type { Call } from "../call";
import { JujuError, Said } from "../errors";
import { asked } from "./clientFiles";
import { allClouds, detailsOnController } from "./clouds";
import { askedClouds } from "./controllerClouds";

interface Shown {
  name: string;
  summary: string;
  cloud: Record<string, unknown>;
}

const onController = (call: Call, name: string, controller: string): Shown => {
  const found = askedClouds(call)[name];
  if (found === undefined) throw new JujuError(`cloud "${name}" not found`);
  const summary = `Cloud "${name}" from controller "${controller}"`;
  return { name, summary, cloud: detailsOnController(call, name, found) };
};

const onClient = (call: Call, name: string): Shown => {
  const all = allClouds(call);
  const found = all[name];
  if (found === undefined) {
    const others = Object.keys(all).sort().join("\n  - ");
    throw new JujuError(`cloud ${name} not found, possible alternative clouds:\n\n  - ${others}`);
  }
  return { name, summary: `Client cloud "${name}"`, cloud: found };
};

const print = async (call: Call, found: Shown[]): Promise<void> => {
  const whole = found.map(({ name, summary, cloud }) => ({ name, summary, ...cloud }));
  if (call.format === "json") {
    await call.show(whole);
    return;
  }
  const several = found.length > 1;
  for (const [index, { summary, cloud }] of found.entries()) {
    const display = call.format === "" || call.format === "display";
    if (display) call.out(`${summary}:\n\n`);
    await call.show(display ? cloud : whole[index]);
    if (several) call.out(display ? "\n" : "---\n");
  }
};

/** `juju show-cloud`: of a controller, of the client, or of both where the line names neither. */
export const showCloud = async (call: Call): Promise<number> => {
  const [name = ""] = call.words;
  const named = call.flag("controller");
  const both = named === undefined && !call.on("client");
  const controller = both ? call.client.controllers()["current-controller"] : named;
  if (both && controller !== undefined) call.args.flags.set("controller", [controller]);
  const places: (Shown | undefined)[] = [];
  if (controller !== undefined)
    places.push(asked(call, () => onController(call, name, controller)));
  if (both || call.on("client")) places.push(asked(call, () => onClient(call, name)));
  const found = places.filter((each) => each !== undefined);
  if (found.length > 0) await print(call, found);
  if (found.length < places.length) throw new Said(1);
  return 0;
};
