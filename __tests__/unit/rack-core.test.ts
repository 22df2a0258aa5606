import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import {
  drivenClock,
  EPOCH,
  moveClock,
  readClock,
  readClockFrom,
  runningClock,
} from "../../lab/rack/core/clock";
import { checkPlan, FAULTS } from "../../lab/rack/core/faultNames";
import { loadFaults, takeFault } from "../../lab/rack/core/faults";
import { withLock } from "../../lab/rack/core/lock";
import { FORMAT, type RackState, type Seed } from "../../lab/rack/core/rack";
import { random } from "../../lab/rack/core/rng";
import { blankMachine } from "../../lab/rack/maas/handlers/machines";
import { Status } from "../../lab/rack/maas/state";
import { NoRackError, open, peek, reset, WrongFormatError } from "../../lab/rack/core/store";

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "rack-core-"));
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

const seed: Seed = {
  name: "kit",
  random: "core",
  profile: { maas: "3.5", juju: "3.6.25" },
  apiKey: "a:b:c",
  cloud: null,
};

const make = (): void => reset(home, seed, drivenClock(1), true);

describe("the clock", () => {
  test("a driven clock stands still between calls, each of which costs a fixed time", () => {
    make();
    expect(open(home, (rack) => rack.now)).toBe(EPOCH + 1000);
    expect(open(home, (rack) => rack.now)).toBe(EPOCH + 2000);
    expect(open(home, (rack) => rack.now, { costsTime: false })).toBe(EPOCH + 2000);
  });

  test("a running clock goes factor times as fast, and never back", () => {
    const clock = runningClock(200, 1000);
    expect(readClock(clock, 2000)).toBe(1000 + 200_000);
    expect(readClock(clock, 500)).toBe(1000);
  });

  test("a wall clock that was set back leaves the time where it was seen last, and it goes on from there", () => {
    const clock = runningClock(10, 1000);
    expect(readClockFrom(clock, 1000, 1500)).toBe(6000);
    expect(readClockFrom(clock, 6000, 200)).toBe(6000);
    expect(readClockFrom(clock, 6000, 300)).toBe(7000);
  });

  test("what was planned for the past happens now", () => {
    make();
    const planned = open(home, (rack) => {
      const machine = blankMachine(rack, { status: Status.Releasing, commissioned: true });
      machine.transition = { kind: "release", started: 0, at: rack.now - 500, failure: null };
      rack.maas.machines.push(machine);
      return rack.now;
    });
    const { events, machines } = open(home, (rack) => rack.maas);
    expect(machines[0]?.status).toBe(Status.Ready);
    expect(events.map(({ at }) => at)).toEqual([planned]);
  });

  test("time only moves forward", () => {
    expect(() => moveClock(drivenClock(), -1)).toThrow("time only moves forward");
  });
});

test("random values depend on seed and key alone, and lie in their bounds", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.integer({ min: 0, max: 99 }), (a, key, low) => {
      expect(random(a, key).hex(8)).toBe(random(a, key).hex(8));
      const value = random(a, key).int(low, low + 5);
      expect(value).toBeGreaterThanOrEqual(low);
      expect(value).toBeLessThanOrEqual(low + 5);
      const jittered = random(a, key).jitter(100);
      expect(jittered).toBeGreaterThanOrEqual(85);
      expect(jittered).toBeLessThanOrEqual(115);
    }),
  );
});

describe("the store", () => {
  test("says what to do where there is no rack", () => {
    expect(() => open(home, () => undefined)).toThrow(NoRackError);
  });

  test("a peek locks nothing, and what it read is not used for a state that has changed since", () => {
    make();
    const seen = (): number => peek(home, (state) => state.seen);
    const before = seen();
    expect(() =>
      open(home, (rack) => {
        rack.profile.juju = "0.0.0";
        throw new Error("half-way");
      }),
    ).toThrow("half-way");
    expect(peek(home, ({ profile }) => profile.juju)).toBe(seed.profile.juju);
    expect(withLock(join(home, "lock"), seen)).toBe(before);
    const path = join(home, "state.json");
    const state = JSON.parse(readFileSync(path, "utf8")) as RackState;
    writeFileSync(
      path,
      JSON.stringify({ ...state, profile: { ...state.profile, juju: "4.0.15" } }),
    );
    expect(open(home, (rack) => rack.profile.juju)).toBe("4.0.15");
  });

  test("refuses a state that another version wrote, with what to do", () => {
    make();
    const path = join(home, "state.json");
    const state = JSON.parse(readFileSync(path, "utf8")) as RackState;
    writeFileSync(path, JSON.stringify({ ...state, format: FORMAT - 1 }));
    expect(() => open(home, () => undefined)).toThrow(WrongFormatError);
    expect(() => reset(home, seed, drivenClock(), false)).toThrow("rack reset --force");
    reset(home, seed, drivenClock(), true);
    expect(open(home, () => "read")).toBe("read");
  });

  test("keeps nothing of a call that throws", () => {
    make();
    expect(() =>
      open(home, (rack) => {
        rack.maas.tags.push({ name: "x", definition: "", comment: "", kernel_opts: "" });
        throw new Error("no");
      }),
    ).toThrow("no");
    expect(open(home, (rack) => rack.maas.tags)).toEqual([]);
  });

  test("remembers that a fault has struck, also where it made the call fail", () => {
    make();
    open(home, (rack) => loadFaults(rack, [{ fault: "controller-down" }]));
    const call = (): string =>
      open(home, (rack) => {
        if (takeFault(rack, "controller-down", "juju status") !== undefined) throw new Error("no");
        return "done";
      });
    expect(call).toThrow("no");
    expect(call()).toBe("done");
  });

  test("writes only what changed, for its owner alone", () => {
    make();
    const path = join(home, "state.json");
    const before = statSync(path).ino;
    open(home, () => undefined, { costsTime: false });
    expect(statSync(path).ino).toBe(before);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("takes over the lock of a process that is gone, also where its pid is used again", () => {
    make();
    writeFileSync(join(home, "lock"), "999999999 123");
    expect(open(home, () => "in")).toBe("in");
    writeFileSync(join(home, "lock"), `${process.pid} 1`);
    expect(open(home, () => "in")).toBe("in");
  });

  test("waits for a living holder, and says who it is in the end", () => {
    const path = join(home, "lock");
    withLock(path, () => {
      expect(readFileSync(path, "utf8")).toMatch(new RegExp(`^${process.pid} \\d+$`));
      expect(() => withLock(path, () => undefined, 0.05)).toThrow(`process ${process.pid}`);
    });
  });

  test("a reset without force leaves the state as it is", () => {
    make();
    open(home, (rack) =>
      rack.maas.tags.push({ name: "x", definition: "", comment: "", kernel_opts: "" }),
    );
    reset(home, seed, drivenClock(), false);
    expect(open(home, (rack) => rack.maas.tags.length)).toBe(1);
  });
});

describe("faults", () => {
  const strikes = (plan: Parameters<typeof loadFaults>[1], subjects: string[]): boolean[] => {
    make();
    return open(home, (rack) => {
      loadFaults(rack, plan);
      return subjects.map(
        (subject) => takeFault(rack, plan[0]?.fault ?? "", subject) !== undefined,
      );
    });
  };

  test("strike what matches, after what they skip, as often as they count", () => {
    expect(
      strikes([{ fault: "f", match: "^a", skip: 1, count: 2 }], ["a", "b", "a", "a", "a"]),
    ).toEqual([false, false, true, true, false]);
  });

  test("strike without end with count 0, and only in their time", () => {
    expect(strikes([{ fault: "f", count: 0 }], ["a", "a", "a"])).toEqual([true, true, true]);
    expect(strikes([{ fault: "f", from: 10 }], ["a"])).toEqual([false]);
  });

  test("draw their chance from the seed", () => {
    const plan = [{ fault: "f", count: 0, chance: 0.5 }];
    const subjects = Array.from({ length: 40 }, () => "a");
    const struck = strikes(plan, subjects);
    expect(struck).toEqual(strikes(plan, subjects));
    expect(new Set(struck).size).toBe(2);
  });

  test.each([
    [{}, "a fault plan is a JSON list"],
    [[3], "[0]: 3 is not an object"],
    [
      [{ fault: "erasing-hangs" }, { fault: "no-such" }],
      '[1].fault: "no-such" is not a fault; there are: ssh-cut, ',
    ],
    [[{ match: "a" }], "[0].fault: null is not a fault"],
    [[{ fault: "ssh-cut", match: "(" }], '[0].match: "(" is not a regular expression'],
    [[{ fault: "ssh-cut", count: -1 }], "[0].count: -1 is not a whole number from 0"],
    [[{ fault: "ssh-cut", chance: 2 }], "[0].chance: 2 is not a number from 0 to 1"],
    [[{ fault: "ssh-cut", times: 2 }], '[0]: no field "times"; there are: fault, match, count, '],
    [[{ fault: "ssh-cut", with: { at: {} } }], "[0].with: "],
  ])("the plan %j is refused with its place and what is allowed", (plan, text) => {
    expect(() => checkPlan(plan)).toThrow(text);
  });

  test("every fault that the rack's code asks for is in the table, and the other way round", () => {
    const root = join(__dirname, "../../lab/rack");
    const asked = (readdirSync(root, { recursive: true }) as string[])
      .filter((file) => file.endsWith(".ts"))
      .flatMap((file) => {
        const text = readFileSync(join(root, file), "utf8");
        if (file === "core/callFaults.ts" || file === "maas/transitions.ts")
          return [...text.matchAll(/"([a-z]+(-[a-z]+)+)"/g)].map(([, name = ""]) => name);
        return [...text.matchAll(/(?:takeFault|faultArmed)\(\s*(?:call\.)?rack,\s*"([^"]+)"/g)].map(
          ([, name = ""]) => name,
        );
      });
    const names = Object.keys(FAULTS);
    expect(names.filter((name) => !asked.includes(name))).toEqual([]);
    const taken = asked.filter(
      (name) => !/^((enter|exit)-rescue|faults-of-(calls|ssh))$/.test(name),
    );
    expect(taken.filter((name) => !names.includes(name))).toEqual([]);
  });
});
