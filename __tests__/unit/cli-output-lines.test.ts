import { outputLines } from "../../cli/outputLines";

test("outputs are a line each: things counted and named, secrets masked, long ones cut", () => {
  const lines = outputLines({
    maas: { url: "http://172.16.0.3:5240/MAAS", version: "3.5.6", apiKey: "[secret]" },
    contractVersion: 1,
    machines: [{ hostname: "server1", systemId: "abc" }, { hostname: "server2" }],
    vault: {
      caCertificatePem: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
      unsealKeys: "[secret]",
    },
    application: { loadBalancers: ["lb1", "lb2"], fixedIps: { lb1: "10.0.0.2" }, leftOut: [] },
    long: "x".repeat(500),
  });
  expect(lines.slice(0, 2)).toEqual([
    "  application      loadBalancers (lb1 lb2), fixedIps (lb1 10.0.0.2), leftOut ()",
    "  contractVersion  1",
  ]);
  expect(lines[2]).toHaveLength(150);
  expect(lines[2]).toMatch(/x…$/);
  expect(lines.slice(3)).toEqual([
    "  maas             url http://172.16.0.3:5240/MAAS, version 3.5.6, apiKey [secret]",
    "  machines         2: server1 server2",
    "  vault            caCertificatePem -----BEGIN CERTIFICATE----- …, unsealKeys [secret]",
  ]);
});
