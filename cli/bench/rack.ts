import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { rackOfMachines, rackOfUnits } from "../../lab/rack/large";
import type { TestRack } from "../../lab/rack/testing";
import { median } from "./median";

/** How long a call of the rack's tools takes, as a multiple of an empty Node process timed in turn with it. */
export interface RackFigure {
  what: string;
  ratio: number;
  /** What issue and README promise. */
  atMost: number;
}

const CALLS: { what: string; atMost: number; argv: string[]; make: () => Promise<TestRack> }[] = [
  {
    what: "maas machines read, 10 machines",
    atMost: 2,
    argv: ["maas", "lab", "machines", "read"],
    make: () => rackOfMachines(10),
  },
  {
    what: "maas machines read, 1,000 machines",
    atMost: 10,
    argv: ["maas", "lab", "machines", "read"],
    make: () => rackOfMachines(1000),
  },
  {
    what: "juju status, 40 applications, 200 units",
    atMost: 4,
    argv: ["juju", "status", "--format", "json"],
    make: rackOfUnits,
  },
];

const seconds = async (rack: TestRack, argv: string[]): Promise<number> => {
  const began = process.hrtime.bigint();
  const { rc, stdout, stderr } = await rack.exec(argv);
  const elapsed = Number(process.hrtime.bigint() - began) / 1e9;
  if (rc !== 0) throw new Error(`${argv.join(" ")}: ${stdout.slice(0, 300)}${stderr}`);
  return elapsed;
};

/** Times each call `rounds` times in turn with an empty Node process; ratios are those of the medians. */
export const rackFigures = async (rounds: number): Promise<RackFigure[]> => {
  const figures: RackFigure[] = [];
  for (const { what, atMost, argv, make } of CALLS) {
    const rack = await make();
    try {
      const nothing = join(rack.userHome, "nothing.js");
      writeFileSync(nothing, "");
      const times = { call: [] as number[], empty: [] as number[] };
      await seconds(rack, argv); // what the region compiles at its first answer is no part of a call
      for (let round = 0; round < rounds; round++) {
        times.empty.push(await seconds(rack, [process.execPath, nothing]));
        times.call.push(await seconds(rack, argv));
      }
      figures.push({ what, atMost, ratio: median(times.call) / median(times.empty) });
    } finally {
      await rack.stop();
    }
  }
  return figures;
};
