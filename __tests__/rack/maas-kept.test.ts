import { match } from "../../lab/rack/maas/table";
import { differences, FIELDS } from "./support/maasFields";
import { MaasRack } from "./support/maasRack";

type Json = Record<string, unknown>;
type Kind = keyof typeof FIELDS;

let rack: MaasRack;
beforeEach(async () => {
  rack = await MaasRack.start("3.6");
  await rack.json("subnets create cidr=10.9.0.0/24 name=far");
});
afterEach(() => rack.stop());

/** Makes the object, changes it, finds it so in the list and deletes it. */
const kept = async (
  kind: Kind,
  [one, many]: [string, string],
  create: string[],
  [change, becomes]: [string, Json],
  key = "id",
): Promise<void> => {
  const made = await rack.json<Json>([many, "create", ...create]);
  expect({ kind, wrong: differences(made, FIELDS[kind]) }).toEqual({ kind, wrong: [] });
  const name = String(made[key]);
  const updated = await rack.json<Json>(`${one} update ${name} ${change}`);
  expect(updated).toMatchObject(becomes);
  expect(differences(updated, FIELDS[kind])).toEqual([]);
  expect(await rack.json(`${one} read ${name}`)).toEqual(updated);
  expect(await rack.json(`${many} read`)).toContainEqual(updated);
  expect(await rack.maas(`${one} delete ${name}`)).toMatchObject({ rc: 0, stdout: "" });
  expect((await rack.maas(`${one} read ${name}`)).stdout).toMatch(
    /^No \w+ matches the given query/,
  );
};

test("static routes lead from a subnet through a gateway on it", async () => {
  const create = ["source=172.16.0.0/20", "destination=far", "gateway_ip=172.16.0.1"];
  const change = [
    "metric=5",
    { metric: 5, destination: expect.objectContaining({ name: "far" }) as Json },
  ];
  await kept("staticRoute", ["static-route", "static-routes"], create, change as [string, Json]);
  const wrong = ["static-routes", "create", ...create.slice(0, 2), "gateway_ip=10.1.1.1"];
  expect((await rack.maas(wrong)).stdout).toBe(
    '{"gateway_ip": ["Enter an IP address in 172.16.0.0/20."]}',
  );
});

test("DHCP snippets remember what they were", async () => {
  const names: [string, string] = ["dhcpsnippet", "dhcpsnippets"];
  const create = ["name=lease", "value=default-lease-time 600;", "subnet=far"];
  const shown = { value: "a;", global_snippet: false, history: [{ id: 2 }, { id: 1 }] };
  await kept("snippet", names, create, ["value=a;", shown]);
  await rack.json(["dhcpsnippets", "create", "name=x", "value=one;"]);
  await rack.json(["dhcpsnippet", "update", "2", "value=two;"]);
  expect(await rack.json("dhcpsnippet revert 2 to=-1")).toMatchObject({ value: "one;" });
});

test("notifications are no more listed for whom they were dismissed by", async () => {
  const names: [string, string] = ["notification", "notifications"];
  const create = ["message=hello {a}", 'context={"a": 1}', "users=true"];
  await kept("notification", names, create, [
    "category=warning",
    { context: { a: 1 }, users: true },
  ]);
  await rack.json(["notifications", "create", "message=m", "admins=true"]);
  await rack.json("notification dismiss 2");
  expect(await rack.json("notifications read")).toEqual([]);
  expect(await rack.json("notification read 2")).toMatchObject({ admins: true });
});

test("package repositories have lists and switches", async () => {
  const names: [string, string] = ["package-repository", "package-repositories"];
  const create = ["name=ppa", "url=http://ppa.example.com", "components=main,universe"];
  const becomes = { enabled: false, components: ["main", "universe"], arches: ["amd64", "i386"] };
  await kept("repository", names, create, ["enabled=false", becomes]);
});

test("sources of images have selections of their own", async () => {
  const names: [string, string] = ["boot-source", "boot-sources"];
  const create = ["url=http://images.example.com", "keyring_filename=/k.gpg"];
  await kept("bootSource", names, create, ["url=http://b", { url: "http://b" }]);
  await rack.json(["boot-sources", "create", ...create]);
  const made = await rack.json<Json>("boot-source-selections create 2 release=jammy arches=amd64");
  expect(differences(made, FIELDS.selection)).toEqual([]);
  expect(made).toMatchObject({ boot_source_id: 2, os: "ubuntu", arches: ["amd64"], labels: ["*"] });
  expect(await rack.json("boot-source-selections read 2")).toEqual([made]);
  expect((await rack.maas("boot-source-selections create 9")).stdout).toBe(
    "No BootSource matches the given query.",
  );
  const [image] = await rack.json<Json[]>("boot-resources read");
  expect(differences(image ?? {}, FIELDS.bootResource)).toEqual([]);
});

test("license keys are named by system and series", async () => {
  const create = ["osystem=windows", "distro_series=win2012", "license_key=A"];
  const made = await rack.json<Json>(["license-keys", "create", ...create]);
  expect(differences(made, FIELDS.license)).toEqual([]);
  await rack.json("license-key update windows win2012 license_key=B");
  expect(await rack.json("license-keys read")).toEqual([{ ...made, license_key: "B" }]);
  expect((await rack.maas("license-key delete windows win2012")).rc).toBe(0);
});

test("scripts are named, and each change is a version that can be gone back to", async () => {
  const create = [
    "name=probe",
    "script=#!/bin/sh\ntrue",
    "script_type=testing",
    "hardware_type=cpu",
  ];
  const becomes = { parallel: 2, type_name: "Testing script", hardware_type_name: "CPU" };
  await kept("script", ["node-script", "node-scripts"], create, ["parallel=any", becomes], "name");
  await rack.json(["node-scripts", "create", ...create]);
  await rack.json(["node-script", "update", "probe", "script=#!/bin/sh\nfalse", "comment=c"]);
  expect((await rack.maas("node-script download probe")).stdout).toBe("#!/bin/sh\nfalse");
  expect(await rack.json("node-script revert probe to=1")).toMatchObject({ history: [{ id: 1 }] });
  expect((await rack.maas(["node-scripts", "create", "name=x", "script=true"])).stdout).toBe(
    '{"script": ["Must start with shebang."]}',
  );
});

test("an address that is reserved for a card is given to nobody", async () => {
  const names: [string, string] = ["reserved-ip", "reserved-ips"];
  const create = ["ip=10.9.0.1", "mac_address=ab:cd:ef:01:23:45"];
  await kept("reservedIp", names, create, ["comment=pdu", { comment: "pdu" }]);
  await rack.json(["reserved-ips", "create", ...create]);
  expect(await rack.json("ipaddresses reserve subnet=far")).toMatchObject({ ip: "10.9.0.2" });
  expect((await rack.maas(["reserved-ips", "create", ...create])).stdout).toBe(
    '{"ip": ["Reserved IP with this IP address already exists."]}',
  );
});

test("names of DNS have addresses and records, and a name without either is gone", async () => {
  await rack.json("domains create name=example.org");
  const made = await rack.json<Json>(
    "dnsresources create fqdn=www.example.org ip_addresses=10.9.0.7",
  );
  expect(differences(made, FIELDS.dnsResource)).toEqual([]);
  const [address] = made.ip_addresses as Json[];
  expect(differences(address ?? {}, FIELDS.address)).toEqual([]);
  expect(made).toMatchObject({ fqdn: "www.example.org", ip_addresses: [{ ip: "10.9.0.7" }] });
  const record = "dnsresource-records create fqdn=www.example.org rrtype=txt rrdata=hello";
  const text = await rack.json<Json>(record);
  expect(differences(text, FIELDS.dnsRecord)).toEqual([]);
  expect(text).toMatchObject({ rrtype: "TXT", fqdn: "www.example.org", ttl: null });
  const [known] = await rack.json<Json[]>("dnsresources read domain=example.org");
  expect(known?.resource_records).toEqual([text]);
  expect(await rack.json("dnsresources read rrtype=MX")).toEqual([]);
  await rack.json("dnsresource-records create fqdn=mx.example.org rrtype=MX rrdata=10");
  expect((await rack.maas("dnsresource-record delete 2")).rc).toBe(0);
  expect(await rack.json("dnsresources read name=mx domain=example.org")).toEqual([]);
  expect((await rack.maas("dnsresource-records create fqdn=a.maas rrtype=A rrdata=1")).rc).toBe(2);
  expect((await rack.maas("dnsresource-records create fqdn=a.maas rrtype=TXT")).stdout).toBe(
    "rrdata must be provided.",
  );
});

test("a device has no pool", async () => {
  const made = await rack.json<Json>("devices create hostname=pdu mac_addresses=00:16:3e:00:00:09");
  expect(differences(made, FIELDS.device)).toEqual([]);
});

test("a subnet is named by its CIDR as well, and a partition's path has one s or none", async () => {
  const far = await rack.json<Json>("subnet read far");
  expect(await rack.json("subnet read 10.9.0.0/24")).toEqual(far);
  expect(await rack.json("subnet statistics cidr:10.9.0.0/24")).toMatchObject({
    num_available: 254,
  });
  const byCidr = match("3.6", "GET", "/subnets/10.9.0.0/24/", "statistics");
  expect(byCidr).toMatchObject({ action: "statistics", params: { id: "10.9.0.0/24" } });
  const paths = ["partition", "partitions", "partitionss"].map(
    (word) => match("3.6", "GET", `/nodes/a/blockdevices/1/${word}/2`, null)?.handler,
  );
  expect(paths).toEqual(["partition", "partition", undefined]);
});
