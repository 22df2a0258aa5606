/** What a killed bootstrap leaves, an entry of the client and a machine in MAAS, and how it goes away. */
import { load } from "js-yaml";
import { z } from "zod";

import { attach, runLong } from "../bastion/long";
import type { Bastion } from "../bastion/bastion";
import { duration, pollPause } from "../clock";
import { decodeValue } from "../decode";
import { StepError } from "../errors";
import type { Maas } from "../maas/cli";
import { machinesShape, type Machine } from "../maas/shapes";
import type { StepContext } from "../step";
import type { Juju } from "./cli";
import { controllersShape } from "./shapes";

const KILL_SECONDS = 900;
/** MAAS gives up on a release after five minutes; erasing disks may take longer. */
const RELEASE_MS = 45 * 60_000;

const modelsFile = z.object({
  controllers: z
    .record(
      z.string(),
      z.object({ models: z.record(z.string(), z.object({ uuid: z.string() })).optional() }),
    )
    .nullable()
    .optional(),
});

/** The uuid of the controller's own model: it is the agent_name of the controller's machines in MAAS. */
export async function controllerModelUuid(
  bastion: Bastion,
  controller: string,
): Promise<string | undefined> {
  const program = 'cat "${JUJU_DATA:-$HOME/.local/share/juju}/models.yaml" 2>/dev/null || true';
  const { stdout } = await bastion.run(["sh", "-c", program], { repeatable: true });
  if (stdout.trim() === "") return undefined;
  const { controllers } = decodeValue(modelsFile, load(stdout), "models.yaml of juju");
  const models = controllers?.[controller]?.models ?? {};
  return Object.entries(models).find(([name]) => name.split("/").at(-1) === "controller")?.[1].uuid;
}

/** Machines that the model with this uuid holds, also when its controller is dead or was never finished. */
export function controllerMachines(maas: Maas, uuid: string): Promise<Machine[]> {
  return maas.read(machinesShape, "machines", "read", `agent_name=${uuid}`);
}

/** Removes what a bootstrap that never finished has left, and verifies in MAAS that its machine is free again. */
export async function cleanHalfMade(
  context: StepContext,
  juju: Juju,
  maas: Maas,
  controller: string,
): Promise<void> {
  context.progress(`controller ${controller} is half-made: what its bootstrap left is removed`);
  // Read first: killing the controller forgets it.
  const uuid = await controllerModelUuid(context.bastion, controller);
  const before = uuid === undefined ? [] : await controllerMachines(maas, uuid);
  const job = `kill-${controller}`;
  const options = { what: `removal of the half-made ${controller}`, ceilingSeconds: KILL_SECONDS };
  await attach(context, job, options);
  if (await known(juju, controller)) {
    await runLong(
      context,
      job,
      ["juju", "kill-controller", controller, "--no-prompt", "-t", "0s"],
      options,
    );
  }
  if (uuid !== undefined) await verifyReleased(context, maas, uuid, before);
  if (await known(juju, controller)) {
    await juju.attempt(["unregister", "--no-prompt", controller]);
  }
  if (await known(juju, controller)) {
    throw new StepError(
      `The half-made controller ${controller} could not be removed. ` +
        `On the bastion run juju kill-controller ${controller} --no-prompt, then run again.`,
    );
  }
  await context.bastion.detached(job).forget();
}

async function known(juju: Juju, controller: string): Promise<boolean> {
  const { controllers } = await juju.read(controllersShape, "controllers");
  return controllers?.[controller] !== undefined;
}

/** Waits until no machine has the model's mark any more, releases what Juju forgot, and checks that none was deleted. */
export async function verifyReleased(
  context: StepContext,
  maas: Maas,
  uuid: string,
  before: Machine[],
): Promise<void> {
  const since = context.clock.now();
  const asked = new Set<string>();
  for (;;) {
    const held = await controllerMachines(maas, uuid);
    if (held.length === 0) break;
    for (const { system_id, hostname, status_name } of held) {
      // By its mark the machine is that model's: nobody else's is released.
      const releasable = !["Releasing", "Disk erasing", "Ready"].includes(status_name);
      if (!releasable || asked.has(system_id)) continue;
      asked.add(system_id);
      context.progress(
        `${hostname} is ${status_name} for a model that does not exist: it is released`,
      );
      await maas.change(
        "machine",
        "release",
        system_id,
        "comment=left by a Juju model that is gone",
      );
    }
    if (context.clock.now() - since > RELEASE_MS) {
      throw new StepError(
        `MAAS has not released ${held.map(({ hostname, status_name }) => `${hostname} (${status_name})`).join(", ")} in ${duration(RELEASE_MS)}. ` +
          "Abort an erasing that does not end and release the machine there by hand, then run again.",
      );
    }
    await pollPause(context.clock, since);
  }
  if (before.length === 0) return;
  const all = new Set(
    (await maas.read(machinesShape, "machines", "read")).map(({ system_id }) => system_id),
  );
  const lost = before.filter(({ system_id }) => !all.has(system_id));
  if (lost.length > 0) {
    throw new StepError(
      `Juju has deleted ${lost.map(({ hostname }) => hostname).join(", ")} from MAAS. ` +
        "Run again: the fleet is enlisted anew; and use a Juju version that does not delete machines.",
    );
  }
}
