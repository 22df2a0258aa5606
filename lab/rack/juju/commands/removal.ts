import type { Call } from "../call";
import { JujuError, Said, usage } from "../errors";
import { applicationOf, findApplication, findUnit, needApplication } from "../engine/find";
import { beginRemoval, forgetApplication, subordinatesOf } from "../engine/units";
import type { Application, Model, Unit } from "../state";

/** Units and applications go: what would go is shown, a person is asked, then it begins. */

const confirmed = (call: Call, what: string): void => {
  if (call.on("no-prompt")) return;
  call.err("WARNING This command will perform the following actions:\n");
  if (call.on("dry-run")) return;
  const answer = call.io.stdin().trim().toLowerCase();
  if (answer === "y" || answer === "yes") return;
  call.err("\nContinue [y/N]? ");
  throw new JujuError(`${what}: aborted`);
};

const plan = (model: Model, unit: Unit): string[] => [
  `will remove unit ${unit.name}`,
  ...subordinatesOf(model, unit).map((each) => `- will remove unit ${each.name}`),
];

/** In Juju 3 only `enable-ha` and `remove-machine` change how many controllers there are. */
export const ofController = (call: Call, application: Application | undefined): boolean =>
  call.profile.major === 3 && application?.charm === "juju-controller";

export const removeUnit = (call: Call): number => {
  if (call.words.length === 0) throw usage("no units specified");
  const wrong = call.words.find((word) => !/^[a-z][\w-]*\/\d+$/.test(word));
  if (wrong !== undefined) throw usage(`invalid unit name "${wrong}"`);
  if (call.on("no-wait") && !call.on("force")) throw usage("--no-wait without --force not valid");
  const lines = call.inModel((model) =>
    call.words.flatMap((name) => {
      const unit = findUnit(model, name);
      if (unit === undefined || unit.life === "dying")
        throw new JujuError(`removing unit ${name} failed: unit "${name}" not found`);
      if (unit.principal !== null)
        throw new JujuError(
          `removing unit ${name} failed: unit "${name}" is a subordinate, to remove use remove-relation. Note: this will remove all units of "${name.split("/")[0] ?? ""}"`,
        );
      if (ofController(call, applicationOf(model, name)))
        throw new JujuError(
          `removing unit ${name} failed: removing units from the controller application not supported`,
        );
      return plan(model, unit);
    }),
  );
  call.out(lines.map((line) => `${line}\n`).join(""));
  confirmed(call, "unit removal");
  if (call.on("dry-run")) return 0;
  call.inModel((model, rack) => {
    for (const name of call.words) {
      const unit = findUnit(model, name);
      if (unit !== undefined) beginRemoval(rack, model, unit, call.on("force"));
    }
  });
  return 0;
};

export const removeApplication = (call: Call): number => {
  if (call.words.length === 0) throw usage("no application specified");
  for (const name of call.words) {
    if (!/^[a-z][a-z0-9-]*$/.test(name)) throw usage(`invalid application name "${name}"`);
  }
  const isThere = (model: Model, name: string): boolean => {
    const life = findApplication(model, name)?.life;
    return life !== undefined && (life !== "dying" || call.profile.major === 4);
  };
  const refusal = (model: Model, name: string): string | undefined => {
    if (!isThere(model, name)) return `application "${name}" not found`;
    return ofController(call, findApplication(model, name))
      ? "removing the controller application not supported"
      : undefined;
  };
  const { lines, refused } = call.inModel((model) => {
    const found = call.words.map((name) => ({ name, why: refusal(model, name) }));
    return {
      refused: found.filter(({ why }) => why !== undefined),
      lines: found
        .filter(({ why }) => why === undefined)
        .flatMap(({ name }) => [
          `will remove application ${name}`,
          ...needApplication(model, name).units.map((unit) => `- will remove unit ${unit.name}`),
        ]),
    };
  });
  for (const { name, why } of refused)
    call.err(`ERROR removing application ${name} failed: ${why ?? ""}\n`);
  if (lines.length === 0) throw new Said(1);
  call.out(lines.map((line) => `${line}\n`).join(""));
  confirmed(call, "application removal");
  if (call.on("dry-run")) return 0;
  call.inModel((model, rack) => {
    for (const name of call.words.filter((each) => !refused.some((one) => one.name === each))) {
      const application = needApplication(model, name);
      application.life = "dying";
      if (application.units.length === 0) forgetApplication(rack, model, application);
      for (const unit of [...application.units]) beginRemoval(rack, model, unit, call.on("force"));
    }
  });
  return refused.length > 0 ? 1 : 0;
};
