import { parseMultipart } from "../../lab/rack/maas/form";
import { handlersOf } from "../../lab/rack/maas/table";
import { MaasRack } from "./support/maasRack";

/** What other clients than the rack's own need: Canonical's `maas` and python-libmaas, gomaasclient, gomaasapi. */

test("a form's parts may be written in base64, as Python's email package writes them", () => {
  const text = "größer, ü\n";
  const encoded = Buffer.from(text).toString("base64");
  const head = (name: string, more = ""): string =>
    `Content-Type: text/plain; charset="utf-8"\nMIME-Version: 1.0\nContent-Transfer-Encoding: base64\n` +
    `Content-Disposition: form-data; name="${name}"${more}\n\n`;
  const parts = [
    `${head("hostname")}${encoded.slice(0, 8)}\n${encoded.slice(8)}\n`,
    `${head("script", '; filename="script"')}${encoded}\n`,
    `Content-Disposition: form-data; name="plain"\n\n${encoded}`,
  ].map((part) => part.replaceAll("\n", "\r\n"));
  const body = `--x\r\n${parts.join("\r\n--x\r\n")}\r\n--x--\r\n`;
  const { fields, files } = parseMultipart(Buffer.from(body, "latin1"), "x");
  expect(Object.fromEntries(fields)).toEqual({
    hostname: [text],
    script: [text],
    plain: [encoded],
  });
  expect(files.get("script")?.toString()).toBe(text);
});

// maas:src/maascli/utils.py handler_command_name
const commandOf = (name: string): string =>
  (name.match(/([A-Z]*[a-z0-9]+|[A-Z]+)/g) ?? [])
    .map((part) => part.toLowerCase())
    .filter((part) => part !== "handler")
    .join("-");

describe("a region", () => {
  let rack: MaasRack;
  beforeAll(async () => {
    rack = await MaasRack.start("3.6");
  });
  afterAll(() => rack.stop());

  test("describes its handlers by the names of their classes", async () => {
    const answer = await fetch(`${rack.url}/api/2.0/describe/`);
    const { resources } = (await answer.json()) as { resources: { name: string }[] };
    const names = resources.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        ...["IPRangesHandler", "IPAddressesHandler", "SSHKeyHandler", "SSLKeysHandler"],
        ...["DNSResourceRecordsHandler", "DHCPSnippetHandler", "BootResourcesHandler"],
      ]),
    );
    expect(names.map(commandOf)).toEqual(Object.keys(handlersOf("3.6")));
  });

  test("knows the setting of time servers by its older name too", async () => {
    await rack.maas("maas set-config name=ntp_server value=10.0.0.1");
    expect((await rack.maas("maas get-config name=ntp_servers")).stdout).toBe('"10.0.0.1"');
  });

  test("answers a machine's details as BSON", async () => {
    await rack.turnDhcpOn();
    const id = await rack.ready(1);
    const { stdout } = await rack.maas(`machine details ${id}`);
    const bytes = Buffer.from(stdout, "utf8");
    expect(bytes.readInt32LE(0)).toBe(bytes.length);
    expect(bytes.subarray(4, 10)).toEqual(Buffer.from("\x05lshw\0", "latin1"));
    expect(stdout).toContain('<?xml version="1.0"?><list>');
    expect(stdout.endsWith("\x0alldp\0\0")).toBe(true);
  });

  test("finds a pool by its name and a bridge's parent under the name of a bond's", async () => {
    await rack.json("resource-pools create name=prod");
    expect(await rack.json("resource-pool read prod")).toMatchObject({ id: 1, name: "prod" });
    const [{ system_id: id, interface_set: nics } = { system_id: "", interface_set: [] }] =
      await rack.json<{ system_id: string; interface_set: { id: number }[] }[]>("machines read");
    const line = `interfaces create-bridge ${id} name=br0 parents=${nics[0]?.id ?? 0}`;
    expect(await rack.json(line)).toMatchObject({ name: "br0", parents: ["eth0"] });
  });

  test("lists nothing where a machine has nothing of a kind", async () => {
    const [{ system_id: id } = { system_id: "" }] =
      await rack.json<{ system_id: string }[]>("machines read");
    for (const kind of ["raids", "bcaches", "volume-groups", "node-devices", "node-script-results"])
      expect(await rack.json(`${kind} read ${id}`)).toEqual([]);
  });
});
