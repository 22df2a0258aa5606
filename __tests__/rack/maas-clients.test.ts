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

  test("a setting becomes what its form makes of the text, and is refused in its words", async () => {
    const set = async (name: string, value: string): Promise<string> => {
      const { rc, stdout } = await rack.maas(`maas set-config name=${name} value=${value}`);
      const { stdout: now } = await rack.maas(`maas get-config name=${name}`);
      return rc === 0 ? now : stdout;
    };
    expect(await set("curtin_verbose", "no")).toBe("true");
    expect(await set("curtin_verbose", "0")).toBe("false");
    expect(await set("upstream_dns", "10.0.0.1,10.0.0.2")).toBe('"10.0.0.1 10.0.0.2"');
    expect(await set("remote_syslog", "10.0.0.3")).toBe('"10.0.0.3:514"');
    expect(await set("node_timeout", "0")).toBe(
      '{"node_timeout": ["Ensure this value is greater than or equal to 1."]}',
    );
    expect(await set("default_dns_ttl", "soon")).toBe(
      '{"default_dns_ttl": ["Enter a whole number."]}',
    );
    expect(await set("maas_proxy_port", "5245")).toBe(
      '{"maas_proxy_port": ["Unable to change port number. Port number is reserved for MAAS services."]}',
    );
    expect(await set("network_discovery", "maybe")).toBe(
      `{"network_discovery": ["'maybe' is not a valid network_discovery.  It should be one of: 'enabled', 'disabled'."]}`,
    );
    expect(await set("default_storage_layout", "zfs")).toBe(
      '{"default_storage_layout": ["Select a valid choice. zfs is not one of the available choices."]}',
    );
    expect(await set("default_distro_series", "dapper")).toMatch(
      /^\{"default_distro_series": \["'dapper' is not a valid release\. {2}It should be one of: '/,
    );
    expect(await set("nosuch", "1")).toMatch(
      /^\{"nosuch": \["nosuch is not a valid config setting \(valid settings are: maas_name, theme, kernel_opts, /,
    );
    expect((await rack.maas("maas set-config name=theme")).stdout).toBe("No provided value!");
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
