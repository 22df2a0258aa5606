import * as fc from "fast-check";
import type { Rack } from "../../lab/rack/core/rack";
import { Status } from "../../lab/rack/maas";
import { pass, revive, send, withMachines } from "./rackRegion";

type Step = { op: string; machine: number; wait: number };

const steps = fc.array(
  fc.record({
    op: fc.constantFrom(
      "allocate",
      "deploy",
      "release",
      "erase",
      "commission",
      "annotate",
      "abort",
      "link",
      "broken",
      "fix",
    ),
    machine: fc.integer({ min: 0, max: 3 }),
    wait: fc.constantFrom(0, 0, 30, 200, 1000),
  }),
  { maxLength: 40 },
);

const act = (rack: Rack, { op, machine }: Step): void => {
  const each = rack.maas.machines[machine];
  if (each === undefined) return;
  const post = (operation: string, form: Record<string, string> = {}) =>
    send(rack, "POST", `/machines/${each.systemId}/?op=${operation}`, form);
  if (op === "allocate")
    send(rack, "POST", "/machines/?op=allocate", { agent_name: `agent-${machine}` });
  else if (op === "erase") post("release", { erase: "true" });
  else if (op === "annotate") post("set_workload_annotations", { who: "me" });
  else if (op === "broken") post("mark_broken");
  else if (op === "fix") post("mark_fixed");
  else if (op === "link") {
    const nic = each.interfaces[0]?.id ?? 0;
    const form = { mode: "STATIC", subnet: "1" };
    send(rack, "POST", `/nodes/${each.systemId}/interfaces/${nic}/?op=link_subnet`, form);
  } else post(op);
};

test("whatever is done in whatever order, the region's invariants hold", () => {
  const start = JSON.stringify(withMachines(4));
  fc.assert(
    fc.property(steps, (sequence) => {
      const rack = revive(start);
      for (const step of sequence) {
        act(rack, step);
        pass(rack, step.wait);
        const addresses = rack.maas.machines.flatMap((machine) =>
          machine.interfaces.flatMap(({ links }) => links.flatMap(({ address }) => address ?? [])),
        );
        expect(new Set(addresses).size).toBe(addresses.length);
        for (const machine of rack.maas.machines) {
          if (machine.status === Status.Ready || machine.status === Status.New) {
            expect(machine).toMatchObject({
              owner: null,
              agentName: "",
              ownerData: {},
              locked: false,
              osystem: "",
            });
          }
          if (machine.status === Status.Deployed || machine.status === Status.Allocated) {
            expect(machine.owner).toBe("admin");
          }
        }
      }
    }),
    { numRuns: 60 },
  );
});

test("the same seed and the same requests give the same answers", () => {
  const run = (): string => {
    const rack = withMachines(2);
    const { body } = send(rack, "POST", "/machines/?op=allocate", {});
    pass(rack, 5);
    return body + send(rack, "GET", "/machines/").body;
  };
  expect(run()).toBe(run());
});
