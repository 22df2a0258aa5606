import type { Call } from "../call";
import { publicClouds } from "../client/publicClouds";
import { JujuError } from "../errors";
import { constraintError, mergeConstraints } from "../engine/constraints";

/** What a `juju bootstrap` asks for. */
export interface Wanted {
  cloud: string;
  /** Only of clouds that have regions. */
  region: string | undefined;
  name: string;
  credential: string;
  base: string;
  constraints: string;
  modelConstraints: string;
  placement: string;
  timeout: number;
  modelDefaults: Record<string, string>;
}

const settings = (values: string[], call: Call): Record<string, string> => {
  const result: Record<string, string> = {};
  for (const value of values) {
    const at = value.indexOf("=");
    if (at > 0) result[value.slice(0, at)] = value.slice(at + 1);
    else {
      for (const line of call.read(call.path(value)).split("\n")) {
        const [, key, text] = /^([\w-]+):\s*(.*)$/.exec(line) ?? [];
        if (key !== undefined) result[key] = text ?? "";
      }
    }
  }
  return result;
};

/** A machine that is no cloud's is reached by SSH: the rack has none that answers. */
const refusedBySsh = (call: Call, cloud: string, name: string, target: string): never => {
  const host = target.slice(target.lastIndexOf("@") + 1);
  const said = `ssh: connect to host ${host} port 22: Connection refused`;
  const failed = `subprocess encountered error code 255 (${said})`;
  if (call.profile.major === 3) {
    call.err(`ERROR initializing ubuntu user: ${failed}\n`);
    throw new JujuError(failed);
  }
  call.err(`Creating Juju controller "${name}" on ${cloud}\nERROR ${failed}\n`);
  throw new JujuError(`error cleaning up: ${said}: subprocess encountered error code 255`);
};

const NO_LXD =
  "LXD socket not found; is LXD installed & running?\n\nPlease install LXD by running:\n\t$ sudo snap install lxd\nand then configure it with:\n\t$ newgrp lxd\n\t$ lxd init\n";

/** The provider's name stands for the cloud that it finds: LXD on the client's own machine. */
const lxdCloud = (call: Call): string => {
  if (call.client.credentials().localhost === undefined) throw new JujuError(NO_LXD);
  return "localhost";
};

const constraintsOf = (call: Call): { all: string; own: string } => {
  const all = call.all("constraints").join(" ");
  const own = call.all("bootstrap-constraints").join(" ");
  const problem = constraintError(all) ?? constraintError(own);
  if (problem !== undefined) throw new JujuError(problem);
  return { all, own };
};

/** An image stands for a base and an architecture. */
const checkImage = (call: Call, constraints: string): void => {
  if ((call.flag("bootstrap-image") ?? "") === "") return;
  if ((call.flag("bootstrap-base") ?? "") === "")
    throw new JujuError("--bootstrap-image must be used with --bootstrap-base");
  if (!/(^|\s)arch=/.test(constraints))
    throw new JujuError(
      "--bootstrap-image must be used with --bootstrap-constraints, specifying architecture",
    );
};

/** Nobody answers the questions of a bootstrap without words. */
const askForCloud = (call: Call): never => {
  const names = [
    ...Object.keys(publicClouds(call.profile)),
    "localhost",
    ...Object.keys(call.client.clouds()),
  ].sort();
  call.out(`Clouds\n${names.join("\n")}\n\nSelect a cloud [localhost]: \n`);
  throw new JujuError("EOF");
};

export const wantedOf = (call: Call): Wanted => {
  const [place = "", given] = call.words;
  const base = call.flag("bootstrap-base");
  const { all: constraints, own } = constraintsOf(call);
  checkImage(call, `${constraints} ${own}`);
  const config = settings(call.all("config"), call);
  const modelDefaults = settings(call.all("model-default"), call);
  if (place === "") askForCloud(call);
  const [written = ""] = place.split("/");
  const cloud = written === "lxd" ? lxdCloud(call) : written;
  const name = (given ?? `${cloud}-default`).toLowerCase();
  const bySsh = cloud === call.profile.sshCloud;
  if (!bySsh && cloud !== "localhost" && call.client.clouds()[cloud] === undefined)
    throw new JujuError(`unknown cloud "${cloud}", please try "juju update-public-clouds"`);
  if (call.client.controllers().controllers[name] !== undefined)
    throw new JujuError(`controller "${name}" already exists`);
  if (bySsh) refusedBySsh(call, cloud, name, place.slice(cloud.length + 1));
  return {
    cloud,
    region: cloud === "localhost" ? "localhost" : undefined,
    name,
    credential: credentialOf(call, cloud),
    base: (base ?? "ubuntu@22.04").replace(/^ubuntu@/, "").replace(/\/\w+$/, ""),
    constraints: mergeConstraints(constraints, own),
    modelConstraints: constraints,
    placement: call.flag("to") ?? "",
    timeout: Number(config["bootstrap-timeout"] ?? 1200),
    modelDefaults,
  };
};

const credentialOf = (call: Call, cloud: string): string => {
  const credentials = Object.entries(call.client.credentials()[cloud] ?? {});
  const chosen = credentials.find(([name]) => name === "default-credential")?.[1];
  const names = credentials.filter(([, each]) => typeof each === "object").map(([name]) => name);
  const wanted = call.flag("credential") ?? (typeof chosen === "string" ? chosen : undefined);
  if (wanted !== undefined && !names.includes(wanted))
    throw new JujuError(`credential "${wanted}" not found`);
  const name = wanted ?? names[0];
  if (name === undefined)
    throw new JujuError(
      `detecting credentials for "${cloud}" cloud provider: credentials for cloud "${cloud}" not found\nSee \`juju add-credential ${cloud} --help\` for instructions`,
    );
  if (wanted === undefined && names.length > 1)
    throw new JujuError(
      `more than one credential is available\nspecify a credential using the --credential argument`,
    );
  return name;
};
