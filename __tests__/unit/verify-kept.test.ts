import { StepError } from "../../steps/errors";
import { openstackVerify } from "../../steps/openstack/verify";
import type { VerificationSpec } from "../../steps/specs";
import type { StepContext } from "../../steps/step";

const SPEC = {
  project: "notes",
  caCertificatePem: "",
  automation: { user: "u", project: "p", domain: "d" },
} as VerificationSpec;

/** A bastion that keeps files, and whose OpenStack client fails. */
function place(): { context: StepContext; files: Map<string, string>; said: string[] } {
  const files = new Map<string, string>();
  const said: string[] = [];
  const bastion = {
    folder: "/home/cloud/private-cloud",
    readFile: (path: string) => Promise.resolve(files.get(path)),
    writeFile: (path: string, text: string) => Promise.resolve(void files.set(path, text)),
    withFile: () => Promise.reject(new StepError("Keystone does not answer. Run again.")),
    run: () => Promise.reject(new StepError("Keystone does not answer. Run again.")),
  } as unknown as StepContext["bastion"];
  const clock = { now: () => Date.parse("2026-11-24T10:00:00Z"), sleep: () => Promise.resolve() };
  const context = {
    bastion,
    clock,
    secret: () => undefined,
    progress: (s: string) => said.push(s),
  };
  return { context: context, files, said };
}

test("what a failed verification found is kept on the bastion, and told by the next one", async () => {
  const { context, files, said } = place();
  const verify = () => openstackVerify.converge(context, SPEC, { automationPassword: "x" });
  await expect(verify()).rejects.toThrow("Keystone does not answer");
  const [[path, text] = ["", "{}"]] = files;
  expect(path).toBe("/home/cloud/private-cloud/verification/notes.json");
  expect(JSON.parse(text)).toMatchObject({ ok: false, at: "2026-11-24T10:00:00.000Z", checks: [] });
  expect(said).toEqual([]);
  await expect(verify()).rejects.toThrow("Keystone does not answer");
  expect(said).toEqual([
    "the verification of 2026-11-24T10:00:00.000Z failed: Keystone does not answer. Run again.",
  ]);
});
