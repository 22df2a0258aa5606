import type { Call } from "../call";
import { JujuError, Said } from "../errors";
import { isCloud } from "../grammar/checks/names";
import { asked, reach, readers } from "./clientFiles";
import { knownCloud } from "./clouds";
import { askedClouds } from "./controllerClouds";

type Regions = Record<string, unknown>;

const onClient = (call: Call, cloud: string): Regions => {
  const known = knownCloud(call, cloud);
  if (known === undefined) throw new JujuError(`cloud ${cloud} not found`);
  if (!isCloud(cloud)) throw new JujuError(`cloud ${cloud} not valid`);
  const regions = known.regions ?? {};
  if (Object.keys(regions).length === 0)
    call.out(`Cloud "${cloud}" has no regions defined locally on this client.\n`);
  return regions;
};

const onController = (call: Call, cloud: string, controller: string): Regions => {
  const fail = (reason: string): never => {
    throw new JujuError(reason);
  };
  reach(call, fail, controller);
  const found = askedClouds(call)[cloud];
  if (found === undefined)
    throw new JujuError(`on controller "${controller}": cloud "${cloud}" not found`);
  const regions = found.entry.regions ?? {};
  if (Object.keys(regions).length === 0)
    call.out(`Cloud "${cloud}" has no regions defined on controller "${controller}".\n`);
  return regions;
};

/** `juju regions`: of the client's cloud and of the current controller's, or of one of them. */
export const regions = async (call: Call): Promise<number> => {
  const [cloud = ""] = call.words;
  const { client, controller } = readers(call);
  const places: [string, string, Regions | undefined][] = [];
  if (client) places.push(["client", "Client", asked(call, () => onClient(call, cloud))]);
  if (controller !== undefined)
    places.push([
      "controller",
      "Controller",
      asked(call, () => onController(call, cloud, controller)),
    ]);
  const found = places.filter(([, , each]) => Object.keys(each ?? {}).length > 0);
  if (call.format === "json" || call.format === "yaml") {
    if (found.length > 0)
      await call.show(
        Object.fromEntries(found.map(([where, , each]) => [`${where}-cloud-regions`, each])),
      );
  } else
    for (const [, title, each] of found)
      call.out(`\n${title} Cloud Regions\n${Object.keys(each ?? {}).join("\n")}\n`);
  if (places.some(([, , each]) => each === undefined)) throw new Said(1);
  return 0;
};
