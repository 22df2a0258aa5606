import { loadavg } from "node:os";
import { options } from "../options";
import { main, UserError } from "../userError";
import { fastFigures } from "./fast";
import type { Figure } from "./figure";
import { labFigures } from "./lab";
import { previewFigures } from "./preview";
import { rackFigures } from "./rack";
import { runFigures } from "./runs";

const GROUPS: Record<string, { about: string; figures: () => Figure[] | Promise<Figure[]> }> = {
  runs: {
    about: "what `npm run up` took the last time: bare, with filled caches, without a change",
    figures: runFigures,
  },
  lab: { about: "memory of this checkout's lab, if it runs (needs root)", figures: labFigures },
  preview: {
    about:
      "the whole stack's preview, with only loopback, against the same resources without components",
    figures: previewFigures,
  },
  rack: {
    about: "calls of the simulated maas and juju against an empty Node process",
    figures: async () =>
      (await rackFigures(11)).map(({ what, ratio, atMost }) => ({
        what,
        measured: `ratio ${ratio.toFixed(1)}`,
        atMost: String(atMost),
        holds: ratio <= atMost,
      })),
  },
  fast: { about: "npm run test:fast, about a minute", figures: fastFigures },
};

const HELP = `npm run bench [-- GROUP...]

Prints the figures that the README promises, as this machine measures them, next to what is allowed and the machine's load.
Without GROUP all of them:

${Object.entries(GROUPS)
  .map(([name, { about }]) => `  ${name.padEnd(8)} ${about}`)
  .join("\n")}
`;

const load = () =>
  loadavg()
    .map((n) => n.toFixed(1))
    .join(" ");

async function bench(): Promise<void> {
  const given = options({}, HELP, { takesWords: true });
  if (!given) return;
  const unknown = given.words.find((name) => !(name in GROUPS));
  if (unknown !== undefined)
    throw new UserError(
      `unknown group ${unknown}; there are: ${Object.keys(GROUPS).join(", ")}`,
      2,
    );
  const names = given.words.length > 0 ? given.words : Object.keys(GROUPS);
  for (const name of names) {
    const before = load();
    for (const { what, measured, atMost, holds } of (await GROUPS[name]?.figures()) ?? []) {
      const mark = holds === undefined ? "?   " : holds ? "ok  " : "OVER";
      process.stdout.write(`${mark} ${what}: ${measured}; at most ${atMost} (load ${before})\n`);
    }
  }
}

void main("npm run bench", bench);
