import type { Call } from "../call";
import { publicClouds } from "../client/publicClouds";
import { JujuError } from "../errors";
import { table } from "../render/tabular";
import { knownCloud } from "./clouds";

/** What `juju bootstrap --clouds` and `--regions` show; they bootstrap nothing. */

const credentialsOf = (call: Call, cloud: string): string =>
  Object.entries(call.client.credentials()[cloud] ?? {})
    .filter(([, each]) => typeof each === "object")
    .map(([name]) => name)
    .join(", ");

const regionOf = (call: Call, cloud: string): string => {
  const chosen = call.client.credentials()[cloud]?.["default-region"];
  return typeof chosen === "string" ? chosen : "";
};

export const showClouds = (call: Call): number => {
  const names = [
    ...Object.keys(publicClouds(call.profile)).sort(),
    "localhost",
    ...Object.keys(call.client.clouds()).sort(),
  ];
  const rows = names.map((name) => [name, credentialsOf(call, name), regionOf(call, name)]);
  call.out(
    "You can bootstrap on these clouds. See '--regions <cloud>' for all regions.\n" +
      `${table([["Cloud", "Credentials", "Default Region"], ...rows])}\n` +
      "You will need to have a credential if you want to bootstrap on a cloud, see\n" +
      "'juju autoload-credentials' and 'juju add-credential'. The first credential\n" +
      "listed is the default. Add more clouds with 'juju add-cloud'.\n",
  );
  return 0;
};

export const showRegions = (call: Call): number => {
  const name = call.flag("regions") ?? "";
  const cloud = knownCloud(call, name);
  if (cloud === undefined) throw new JujuError(`cloud ${name} not found`);
  call.out(`Showing regions for ${name}:\n`);
  for (const region of Object.keys(cloud.regions ?? {})) call.out(`${region}\n`);
  return 0;
};
