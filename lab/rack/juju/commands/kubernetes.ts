import type { Call } from "../call";
import { JujuError, Said } from "../errors";
import { reach, readYaml, target } from "./clientFiles";

/** Clouds of Kubernetes: the client may know some, the rack's controllers have none. */

const UNREADABLE = "could not read cloud definition from provided file";

const fail = (reason: string): never => {
  throw new JujuError(reason);
};

const onController = (call: Call, then: (name: string) => never): void => {
  const name = call.flag("controller") ?? "";
  if (name === "") return;
  reach(call, fail);
  then(name);
};

export const removeK8s = (call: Call): number => {
  const [cloud = ""] = call.words;
  target(call);
  if ((call.flag("controller") ?? "") === "")
    call.err(
      `There are no controllers running.\nTo remove cloud "${cloud}" from the current client, use the --client option.\n`,
    );
  if (call.on("client") && call.client.clouds()[cloud]?.type === "kubernetes") {
    const clouds = { ...call.client.clouds() };
    const credentials = { ...call.client.credentials() };
    delete clouds[cloud];
    delete credentials[cloud];
    call.client.write("clouds.yaml", { clouds });
    call.client.write("credentials.yaml", { credentials });
  }
  onController(call, () =>
    fail(`cannot remove k8s cloud from controller: cloud "${cloud}" not found`),
  );
  return 0;
};

export const updateK8s = (call: Call): number => {
  const [cloud = ""] = call.words;
  const file = call.flag("file") ?? "";
  const known = call.client.clouds()[cloud];
  if (file !== "") {
    try {
      readYaml(call, file, "cannot unmarshal yaml cloud metadata");
    } catch (error) {
      if (error instanceof JujuError) throw new JujuError(`${UNREADABLE}: ${error.message}`);
      throw error;
    }
  } else if (known === undefined) fail(`cloud ${cloud} not found`);
  else if (known.type !== "kubernetes") {
    call.err(
      `The "${cloud}" cloud is a "${known.type ?? ""}" cloud and not a "kubernetes" cloud.\n`,
    );
    throw new Said(1);
  }
  target(call);
  onController(call, () => fail(`cloud "${cloud}" not found`));
  call.err(`k8s cloud "${cloud}" updated on this client.\n`);
  return 0;
};
