import { drivenClock, moveClock, readClock } from "../../lab/rack/core/clock";
import type { Rack, Seed } from "../../lab/rack/core/rack";
import { random } from "../../lab/rack/core/rng";
import { maas as domain } from "../../lab/rack/maas";
import { answer } from "../../lab/rack/maas/region";

/** A region in memory: no file, no network, time moves by `pass`. */

const seed: Seed = {
  name: "empty",
  random: "machines",
  profile: { maas: "3.5", juju: "3.6.25" },
  apiKey: "consumer:token:secret",
  cloud: null,
};

export const makeRack = (): Rack => {
  const clock = drivenClock(0);
  const rng = (key: string) => random("machines", key);
  const maas = domain.initial(seed, rng);
  maas.rackControllers = [{ systemId: "rack01", hostname: "rack01", address: "10.0.0.3" }];
  return {
    format: 1,
    seed: { name: "empty", random: "machines" },
    profile: seed.profile,
    clock,
    cloud: null,
    faults: { plan: [] },
    maas,
    now: readClock(clock),
    rng,
  } as unknown as Rack;
};

export const send = (
  rack: Rack,
  method: string,
  path: string,
  form: Record<string, string> = {},
) => {
  const { status, body } = answer(rack, {
    method,
    url: `/MAAS/api/2.0${path}`,
    host: "region",
    authorization:
      'OAuth oauth_signature_method="PLAINTEXT", oauth_consumer_key="consumer", oauth_token="token", oauth_signature="%26secret"',
    form: new Map(Object.entries(form).map(([name, value]) => [name, [value]])),
  });
  return { status, body: body.toString() };
};

export const pass = (rack: Rack, seconds: number): void => {
  const target = rack.now + seconds * 1000;
  moveClock(rack.clock, seconds);
  for (let next = domain.nextEvent(rack); next <= target; next = domain.nextEvent(rack)) {
    rack.now = next;
    domain.advance(rack);
  }
  rack.now = target;
};

/** A region with a network that serves DHCP and `count` Ready machines. */
export const withMachines = (count: number): Rack => {
  const rack = makeRack();
  send(rack, "POST", "/fabrics/", { name: "lan" });
  send(rack, "POST", "/subnets/", {
    cidr: "10.0.0.0/24",
    fabric: "lan",
    vid: "0",
    gateway_ip: "10.0.0.1",
  });
  send(rack, "POST", "/ipranges/", {
    type: "dynamic",
    start_ip: "10.0.0.200",
    end_ip: "10.0.0.250",
  });
  send(rack, "PUT", "/fabrics/1/vlans/0/", { dhcp_on: "true", primary_rack: "rack01" });
  for (let number = 0; number < count; number++) {
    const { status, body } = send(rack, "POST", "/machines/", {
      architecture: "amd64/generic",
      mac_addresses: `52:54:00:00:00:0${number}`,
      power_type: "ipmi",
      power_parameters_power_address: `10.0.1.${number}`,
      hostname: `node${number}`,
    });
    expect([status, status === 200 ? "" : body]).toEqual([200, ""]);
  }
  pass(rack, 600);
  return rack;
};

/** A rack from its JSON text. */
export const revive = (text: string): Rack =>
  Object.assign(JSON.parse(text) as Rack, { rng: (key: string) => random("machines", key) });
