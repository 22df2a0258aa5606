import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { checkStackFile, readStackFile } from "../../cli/stackFile";

const ROOT = resolve(__dirname, "../..");

describe("a stack's file, read without Pulumi", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "private-cloud-stack-file-"));
    writeFileSync(join(folder, "Pulumi.yaml"), readFileSync(join(ROOT, "Pulumi.yaml")));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (...lines: string[]): void =>
    writeFileSync(
      join(folder, "Pulumi.kit.yaml"),
      ["config:", "  private-cloud:image: { file: guest.qcow2 }", ...lines, ""].join("\n"),
    );
  const check = () => checkStackFile(folder, "kit");

  test("stack dev as it is committed has no fault", () => {
    expect(() => checkStackFile(ROOT, "dev")).not.toThrow();
  });

  test("gives what Pulumi gives: the project's defaults below, objects as JSON, other namespaces left out", () => {
    write(
      "  private-cloud:light: true",
      "  private-cloud:network:",
      "    cidr: 10.0.0.0/24",
      "    reserved: [{ start: 10.0.0.1, end: 10.0.0.9 }]",
      "  aws:region: us-east-1",
    );
    const { project, values, encrypted } = readStackFile(folder, "kit");
    expect(project).toBe("private-cloud");
    expect(values).toMatchObject({ preset: "kit", light: "true", siteFile: "", bastion: "{}" });
    expect(JSON.parse(values["network"] ?? "")).toEqual({
      cidr: "10.0.0.0/24",
      reserved: [{ start: "10.0.0.1", end: "10.0.0.9" }],
    });
    expect(Object.keys(values)).not.toContain("region");
    expect(encrypted).toEqual([]);
  });

  test("names every fault with its path, what is allowed and that nothing was changed", () => {
    write(
      "  private-cloud:allowDestroy: maybe",
      "  private-cloud:external: { cidr: 172.16.7.0/20 }",
    );
    expect(check).toThrow(
      /2 values in Pulumi\.kit\.yaml must be corrected; nothing has been changed:\n {2}private-cloud:allowDestroy is maybe; must be true or false\n {2}private-cloud:external\.cidr .*host bits/,
    );
  });

  test("does not judge what is encrypted, and refuses a section that holds such a part", () => {
    write("  private-cloud:maasApiKey:", "    secure: v1:a:b");
    expect(check).not.toThrow();
    write("  private-cloud:app:", "    apis:", "      - secure: v1:a:b");
    expect(check).toThrow(/private-cloud:app has a part that was set with --secret/);
    write("  private-cloud:maasApiKey: a:b:c");
    expect(check).toThrow(/private-cloud:maasApiKey is a secret and stands in clear/);
  });

  test("says which file is missing or cannot be read, the site file too", () => {
    expect(check).toThrow(/^there is no Pulumi\.kit\.yaml in .*git checkout -- Pulumi\.kit\.yaml/);
    mkdirSync(join(folder, "Pulumi.kit.yaml"));
    expect(check).toThrow(/^Pulumi\.kit\.yaml in .* cannot be read \(EISDIR\)/);
    rmdirSync(join(folder, "Pulumi.kit.yaml"));
    write(`  private-cloud:siteFile: ${folder}`);
    expect(check).toThrow(/private-cloud:siteFile is \S+, which cannot be read \(EISDIR\)/);
    write(`  private-cloud:siteFile: ${folder}/none.json`);
    expect(check).not.toThrow();
  });

  test("says where a file is no YAML or no mapping", () => {
    write("  private-cloud:app: {");
    expect(check).toThrow(/^Pulumi\.kit\.yaml is no YAML: .*\(\d+:\d+\)/s);
    writeFileSync(join(folder, "Pulumi.kit.yaml"), "config: [1]\n");
    expect(check).toThrow(/Pulumi\.kit\.yaml: .* must be mappings/);
    writeFileSync(join(folder, "Pulumi.kit.yaml"), "");
    expect(readStackFile(folder, "kit").values).toMatchObject({ preset: "kit" });
  });
});
