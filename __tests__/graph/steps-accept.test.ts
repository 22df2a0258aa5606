import { findStep } from "../../steps/registry";
import { check } from "../../steps/schema";
import { SECRETS_VARIABLE } from "../../steps/specs";
import { plain } from "../support/fakeEngine";
import { run } from "./stack";

jest.setTimeout(600_000);

interface StepInputs {
  create: string;
  delete?: string;
  stdin: string;
  environment: Record<string, string>;
}

test("every step accepts what the program tells it, and can be removed where the program says so", async () => {
  const { resources } = await run({ site: true });
  const commands = resources.filter(({ type }) => type.startsWith("command:"));
  expect(commands.length).toBeGreaterThan(8);
  for (const { inputs } of commands) {
    const given = plain(inputs) as StepInputs;
    const name = /steps\/run\.ts (\S+)$/.exec(given.create)?.[1] ?? "";
    const step = await findStep(name);
    expect(check(step.spec, JSON.parse(given.stdin), name)).toEqual(JSON.parse(given.stdin));
    check(step.secrets, JSON.parse(given.environment[SECRETS_VARIABLE] ?? ""), `${name} secrets`);
    expect([name, step.remove !== undefined]).toEqual([name, given.delete !== undefined]);
  }
});
