import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type ClockState,
  drivenClock,
  EPOCH,
  readClock,
  runningClock,
} from "../../lab/rack/core/clock";
import { blankMachine } from "../../lab/rack/maas/handlers/machines";
import { Status } from "../../lab/rack/maas/state";
import { begin } from "../../lab/rack/maas/transitions";
import { JujuRack } from "./support/jujuRack";

const racks: JujuRack[] = [];

const rackOf = (random: string, clock: ClockState = drivenClock()): JujuRack => {
  const rack = new JujuRack(null, "3.6.25", random, clock);
  racks.push(rack);
  return rack;
};

afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
  for (const rack of racks.splice(0)) rack.stop();
});

const stateOf = (rack: JujuRack): string => readFileSync(join(rack.home, "state.json"), "utf8");

const BUNDLE = JSON.stringify({
  "default-base": "ubuntu@22.04/stable",
  machines: { 0: {}, 1: {}, 2: {} },
  applications: {
    "mysql-innodb-cluster": { charm: "ch:mysql-innodb-cluster", num_units: 3, to: [0, 1, 2] },
    keystone: { charm: "ch:keystone", num_units: 1, to: ["lxd:0"] },
    "keystone-mysql-router": { charm: "ch:mysql-router" },
    vault: { charm: "ch:vault", num_units: 1, to: ["lxd:1"] },
  },
  relations: [
    ["keystone-mysql-router:db-router", "mysql-innodb-cluster:db-router"],
    ["keystone-mysql-router:shared-db", "keystone:shared-db"],
  ],
});

/** Machines, containers, hooks, subordinates, actions and Vault with its CA; what all calls answered. */
const play = async (rack: JujuRack, seconds: number[]): Promise<string[]> => {
  await rack.bootstrap();
  const told: string[] = [];
  const juju = async (line: string): Promise<void> => {
    const { rc, stdout, stderr } = await rack.juju(line);
    told.push(`${line}: ${rc} ${stdout} ${stderr}`);
  };
  await juju(`deploy ${rack.file("bundle.yaml", BUNDLE)} -m mc:os`);
  for (const each of seconds) {
    await rack.advance(each);
    await juju("status -m mc:os --format json");
  }
  await juju("run mysql-innodb-cluster/leader cluster-status -m mc:os --format json");
  const status = await rack.json<{
    applications: { vault: { units: Record<string, { "public-address": string }> } };
  }>("status -m mc:os");
  const address = status.applications.vault.units["vault/0"]?.["public-address"] ?? "";
  const env = { VAULT_ADDR: `http://${address}:8200` };
  const vault = async (line: string): Promise<string> => {
    const { rc, stdout, stderr } = await rack.vault(line, env);
    told.push(`vault ${line}: ${rc} ${stdout} ${stderr}`);
    return stdout;
  };
  const { unseal_keys_b64: keys, root_token: token } = JSON.parse(
    await vault("operator init -format=json"),
  ) as { unseal_keys_b64: string[]; root_token: string };
  for (const key of keys.slice(0, 3)) await vault(`operator unseal ${key}`);
  await juju(`run -m mc:os vault/leader authorize-charm token=${token}`);
  await juju("run -m mc:os vault/leader generate-root-ca --format json");
  await rack.advance(300);
  await juju("status -m mc:os --format json");
  return told;
};

describe("a driven clock", () => {
  test("the same seed and the same commands give the same answers and the same state, byte for byte; another seed does not", async () => {
    const waits = [300, 700, 1800, 3600];
    const [first, second, other] = [rackOf("one"), rackOf("one"), rackOf("two")];
    const told = await play(first, waits);
    expect(told.at(-1)).toContain("Unit is ready (active: true, mlock: disabled)");
    expect(await play(second, waits)).toEqual(told);
    expect(stateOf(second)).toBe(stateOf(first));
    expect(await play(other, waits)).not.toEqual(told);
  }, 60_000);

  test("how often somebody looks changes nothing: what happens is planned, and shows when it was planned for", async () => {
    const [rarely, often] = [rackOf("one", drivenClock(0)), rackOf("one", drivenClock(0))];
    await play(rarely, [3600]);
    await play(
      often,
      Array.from({ length: 60 }, () => 60),
    );
    expect(stateOf(often)).toBe(stateOf(rarely));
  }, 60_000);
});

/** Two machines begin to be commissioned; gives the time that each takes, in virtual seconds. */
const commission = (rack: JujuRack): number[] =>
  rack.change((state) =>
    ["ann", "bob"].map((systemId) => {
      const vlan = state.maas.vlans[0]?.id ?? null;
      const machine = blankMachine(state, { systemId, hostname: systemId, powerType: "manual" });
      for (const nic of machine.interfaces) nic.vlan = vlan;
      machine.status = Status.Commissioning;
      state.maas.machines.push(machine);
      begin(state, machine, "commission");
      return ((machine.transition?.at ?? 0) - state.now) / 1000;
    }),
  );

const statuses = (rack: JujuRack): (Status | undefined)[] =>
  rack.change(({ maas }) =>
    ["ann", "bob"].map((id) => maas.machines.find((each) => each.systemId === id)?.status),
  );

test("each transition has a duration of its own, near the nominal one", () => {
  const durations = commission(rackOf("one"));
  expect(new Set(durations).size).toBe(2);
  for (const seconds of durations) {
    expect(seconds).toBeGreaterThanOrEqual(0.85 * 480);
    expect(seconds).toBeLessThanOrEqual(1.15 * 480);
  }
});

describe("a running clock", () => {
  test("is its factor times as fast as the wall clock, and has no timers: who looks does what was due", () => {
    jest.useFakeTimers({ now: EPOCH, doNotFake: ["nextTick"] });
    const rack = rackOf("one", runningClock(200, EPOCH));
    const durations = commission(rack);
    const longest = Math.max(...durations);
    expect(jest.getTimerCount()).toBe(0);
    jest.setSystemTime(EPOCH + (Math.min(...durations) * 1000) / 200 - 10);
    expect(statuses(rack)).toEqual([Status.Commissioning, Status.Commissioning]);
    const before = stateOf(rack);
    jest.setSystemTime(EPOCH + (longest * 1000) / 200 + 10);
    expect(stateOf(rack)).toBe(before);
    expect(statuses(rack)).not.toContain(Status.Commissioning);
    expect(rack.change((state) => readClock(state.clock))).toBe(EPOCH + longest * 1000 + 2000);
  });

  test("plays the same as a driven one that is moved as far", async () => {
    jest.useFakeTimers({ now: EPOCH, doNotFake: ["nextTick"] });
    const driven = rackOf("one", drivenClock(0));
    const running = rackOf("one", runningClock(50, EPOCH));
    expect(commission(running)).toEqual(commission(driven));
    for (let minute = 1; minute <= 15; minute++) {
      await driven.advance(60);
      jest.setSystemTime(EPOCH + (minute * 60_000) / 50);
      expect(statuses(running)).toEqual(statuses(driven));
    }
    // Each notes when something changed last: the driven one at every advance.
    const played = (rack: JujuRack): unknown => ({
      ...(JSON.parse(stateOf(rack)) as object),
      clock: null,
      seen: null,
    });
    expect(played(running)).toEqual(played(driven));
  });
});
