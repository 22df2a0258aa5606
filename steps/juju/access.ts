/** The cloud and credential with which Juju uses MAAS. Written only when they differ, through files that vanish. */
import { dump } from "js-yaml";

import type { JujuControllerSpec } from "../specs";
import type { StepContext } from "../step";
import { type Juju, JujuError } from "./cli";
import { cloudsShape, credentialsShape } from "./shapes";

export async function convergeCloud(
  context: StepContext,
  juju: Juju,
  { cloud }: JujuControllerSpec,
): Promise<void> {
  const clouds = await juju.read(cloudsShape, "clouds", "--client", "--all");
  const now = clouds[cloud.name];
  if (now?.type === "maas" && now.endpoint === cloud.endpoint) return;
  context.progress(`cloud ${cloud.name}: ${cloud.endpoint}`);
  const definition = { type: "maas", "auth-types": ["oauth1"], endpoint: cloud.endpoint };
  await context.bastion.withFile(dump({ clouds: { [cloud.name]: definition } }), (path) =>
    juju.change(["update-cloud", cloud.name, "-f", path, "--client"]),
  );
}

/** Writes the credential when it differs; also on the controller, if there is one already. */
export async function convergeCredential(
  context: StepContext,
  juju: Juju,
  spec: JujuControllerSpec,
  apiKey: string,
  controllerExists: boolean,
): Promise<void> {
  const { cloud, credential, controller } = spec;
  // The key is compared here and nowhere shown.
  const known = await juju.read(
    credentialsShape,
    "credentials",
    cloud.name,
    "--client",
    "--show-secrets",
  );
  const now = known["client-credentials"]?.[cloud.name]?.["cloud-credentials"]?.[credential];
  if (now?.["auth-type"] === "oauth1" && now.details?.["maas-oauth"] === apiKey) return;
  context.progress(`credential ${credential} for cloud ${cloud.name} is written`);
  const text = dump({
    credentials: {
      [cloud.name]: { [credential]: { "auth-type": "oauth1", "maas-oauth": apiKey } },
    },
  });
  await context.bastion.withFile(text, async (path) => {
    if (controllerExists) {
      await juju.change([
        "update-credential",
        cloud.name,
        credential,
        "-f",
        path,
        "-c",
        controller,
      ]);
    }
    try {
      await juju.change(["update-credential", cloud.name, credential, "-f", path, "--client"]);
    } catch (error) {
      if (!(error instanceof JujuError && /could not find credentials/i.test(error.stderr)))
        throw error;
      await juju.change(["add-credential", cloud.name, "-f", path, "--client"]);
    }
  });
}
