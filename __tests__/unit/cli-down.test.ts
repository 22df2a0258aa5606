import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { foreignLab } from "../../cli/lab";
import { forgetStack } from "../../cli/stack";

test("of the stack nothing is left in a state that another stack keeps", () => {
  const state = mkdtempSync(join(tmpdir(), "private-cloud-state-"));
  try {
    const files = [
      "stacks/private-cloud/dev.json.bak",
      "stacks/private-cloud/dev.json.bak.attrs",
      "stacks/private-cloud/dev2.json",
      "stacks/private-cloud/prod.json",
      "stacks/private-cloud/prod.json.bak",
      "backups/private-cloud/dev/dev.1.json",
      "backups/private-cloud/prod/prod.1.json",
      "history/private-cloud/dev/dev-1.history.json",
      "locks/organization/private-cloud/dev/a.json",
    ].map((name) => join(state, ".pulumi", name));
    for (const file of files) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, "{}");
    }
    forgetStack(state);
    expect(files.filter((file) => existsSync(file))).toEqual(
      files.filter((file) => /prod|dev2/.test(file)),
    );
    rmSync(join(state, ".pulumi"), { recursive: true });
    forgetStack(state);
    expect(readdirSync(state)).toEqual([]);
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
});

test("a lab that is another checkout's, or this one's under an earlier path, is told", () => {
  expect(foreignLab(undefined)).toBeUndefined();
  expect(foreignLab("/elsewhere", () => true)).toMatch(
    /belongs to the checkout \/elsewhere and is left alone$/,
  );
  expect(foreignLab("/moved", () => false)).toMatch(
    /checkout \/moved, which is gone, .*earlier path: LAB_HOME=\S+ lab\/lab down --purge && rm \S+owner$/,
  );
});

test("the lab is one checkout's: another one's claim is refused, an empty one is taken over", async () => {
  const home = mkdtempSync(join(tmpdir(), "private-cloud-lab-home-"));
  const file = join(home, "owner");
  process.env["PRIVATE_CLOUD_LAB_HOME"] = home;
  jest.resetModules();
  try {
    const { claimLab, labOwner } = await import("../../cli/lab");
    claimLab();
    claimLab();
    expect(labOwner()).toBe(resolve(__dirname, "../.."));
    writeFileSync(file, "/elsewhere\n");
    expect(claimLab).toThrow(/belongs to the checkout \/elsewhere, which is gone/);
    expect(labOwner()).toBe("/elsewhere");
    writeFileSync(file, "");
    expect(labOwner()).toBeUndefined();
    claimLab();
    expect(labOwner()).toBe(resolve(__dirname, "../.."));
  } finally {
    delete process.env["PRIVATE_CLOUD_LAB_HOME"];
    rmSync(home, { recursive: true, force: true });
  }
});
