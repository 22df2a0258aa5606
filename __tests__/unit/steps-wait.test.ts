import type { Bastion } from "../../steps/bastion/bastion";
import { statusShape, type Status } from "../../steps/juju/shapes";
import { waitSettled } from "../../steps/juju/wait";
import type { StepContext } from "../../steps/step";

const patience = { stallSeconds: 100, ceilingSeconds: 1000, pollSeconds: 10, quietSeconds: 30 };
const expected = { applications: { web: 1 }, allowed: [] };

interface Shown {
  message?: string;
  machine?: { current: string; message?: string };
  /** The controller's time of day, and when the unit last changed; without them its clock cannot be read. */
  times?: { now: string; since: string };
}

/** A status with one unit. */
function status({ message = "ready", machine = { current: "running" }, times }: Shown): Status {
  const since = times === undefined ? {} : { since: `2026-11-25 ${times.since}Z` };
  return statusShape.parse({
    model: {},
    controller: times === undefined ? {} : { timestamp: `${times.now}Z` },
    machines: { "0": { "juju-status": { current: "started" }, "machine-status": machine } },
    applications: {
      web: {
        units: {
          "web/0": {
            ...{ "workload-status": { current: "active", message, ...since }, machine: "0" },
            "juju-status": { current: "idle", ...since },
          },
        },
      },
    },
  });
}

/** Waits on a clock that only sleeping moves; `look` is given the number of the look. */
async function wait(look: (count: number) => Status): Promise<{ looks: number; seconds: number }> {
  let now = 0;
  let looks = 0;
  const context: StepContext = {
    bastion: {} as Bastion,
    progress: () => undefined,
    secret: () => undefined,
    clock: {
      now: () => now,
      sleep: (milliseconds) => Promise.resolve(void (now += milliseconds)),
    },
  };
  const read = (): Promise<Status> => {
    if (looks > 1000) throw new Error("it waits for ever");
    return Promise.resolve(look(looks++));
  };
  await waitSettled(context, read, expected, patience);
  return { looks, seconds: now / 1000 };
}

it("waits until a settled model has stayed so", async () => {
  expect(await wait(() => status({}))).toEqual({ looks: 4, seconds: 30 });
});

it("begins the quiet time anew when a status changes", async () => {
  const { seconds } = await wait((count) => status({ message: count < 3 ? "a" : "b" }));
  expect(seconds).toBe(60);
});

it("does not take a model for settled that has been quiet before what was asked of it shows", async () => {
  // The controller's clock goes as ours; the unit begins its hook at the second look.
  const now = (count: number) => `10:00:${count * 10}`.replace(/:0$/, ":00");
  const shown = (count: number): Shown =>
    count === 1
      ? { message: "config-changed", times: { now: now(count), since: "10:00:05" } }
      : { times: { now: now(count), since: count === 0 ? "07:00:00" : "10:00:15" } };
  expect(await wait((count) => status(shown(count)))).toEqual({ looks: 6, seconds: 50 });
});

it("believes the controller's clock, which may go faster than ours, but not from before it looked", async () => {
  const times = [
    { now: "10:00:00", since: "09:00:00" },
    { now: "10:20:00", since: "09:00:00" },
  ];
  expect(
    await wait((count) => status({ times: times[Math.min(count, 1)] ?? { now: "", since: "" } })),
  ).toEqual({
    looks: 2,
    seconds: 10,
  });
});

it("gives up at its ceiling on a model that is ready but never quiet", async () => {
  await expect(wait((count) => status({ message: `${count}` }))).rejects.toThrow(
    /not settled after 16 min 50 s: everything is ready, but some status changes again and again/,
  );
});

it("says how a machine that could not be had is asked for again", async () => {
  const machine = { current: "provisioning error", message: "no machine" };
  await expect(wait(() => status({ machine }))).rejects.toThrow(
    /machine 0: provisioning error "no machine"\. .*juju retry-provisioning/,
  );
});
