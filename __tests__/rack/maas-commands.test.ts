import commands from "../../lab/rack/maas/commands.json";
import { API_KEY, MaasRack } from "./support/maasRack";

/** Every handler, action, positional parameter and verb of the recorded command table, and lines that are not in it. */

let rack: MaasRack;

beforeAll(async () => {
  rack = await MaasRack.start("3.4", "empty");
});

afterAll(() => rack.stop());

interface Line {
  handler: string;
  action: string;
  params: string[];
  /** VERB, or VERB op=name. */
  call: string;
  path: string;
}

const LINES: Line[] = Object.entries(commands).flatMap(([handler, { path, params, actions }]) =>
  Object.entries(actions).map(([action, call]) => ({
    handler,
    action,
    params,
    path,
    call,
  })),
);

const HIDDEN = "is-action-in-progress";

/** What may follow the last stage of a refused command line on standard error. */
const last = (text: string): string => text.trimEnd().split("\n").at(-1) ?? "";

const words = ({ handler, action, params }: Line): string[] => [
  handler,
  action,
  ...params.map(() => "777"),
];

test("the table has the size that was recorded", () => {
  expect([Object.keys(commands).length, LINES.length]).toEqual([96, 365]);
});

test("every command line of the table reaches the region, which answers it or refuses with a text", async () => {
  for (const line of LINES) {
    const { rc, stdout, stderr } = await rack.maas(words(line));
    const shown = words(line).join(" ");
    expect([shown, stderr]).toEqual([shown, ""]);
    expect([shown, [0, 2].includes(rc)]).toEqual([shown, true]);
    if (rc === 2) {
      const fields = stdout.startsWith("{")
        ? Object.values(JSON.parse(stdout) as object)
        : [[stdout]];
      const texts = fields.flat() as unknown[];
      expect([shown, texts.every((text) => typeof text === "string" && text !== "")]).toEqual([
        shown,
        true,
      ]);
      expect([shown, stdout]).not.toEqual([
        shown,
        expect.stringMatching(/Unrecognised|Unknown API/),
      ]);
    }
  }
}, 60_000);

test("a positional parameter that is missing is named, and one too many is refused", async () => {
  for (const line of LINES) {
    const all = words(line);
    const shown = all.join(" ");
    for (let missing = 1; missing <= line.params.length; missing++) {
      const { rc, stdout, stderr } = await rack.maas(all.slice(0, -missing));
      expect([shown, rc, stdout]).toEqual([shown, 2, ""]);
      const names = line.params.slice(-missing).join(", ");
      expect([shown, last(stderr)]).toEqual([
        shown,
        expect.stringMatching(
          new RegExp(`^the following arguments are required: ${names}(, data)?$`),
        ),
      ]);
    }
    const more = await rack.maas([...all, "extra"]);
    const expected: [number, string] =
      more.rc === 1
        ? [1, "'extra' is not a name=value or name@=filename pair"]
        : [2, "unrecognized arguments: extra"];
    expect([shown, more.stdout, more.rc, last(more.stderr)]).toEqual([shown, "", ...expected]);
  }
}, 60_000);

test("mutated names and flags are refused with the choices", async () => {
  for (const line of LINES) {
    const [handler = "", action = "", ...rest] = words(line);
    for (const wrong of [`${action}z`, action.slice(1), action.toUpperCase()]) {
      if (Object.hasOwn(commands[line.handler as keyof typeof commands].actions, wrong)) continue;
      const { rc, stdout, stderr } = await rack.maas([handler, wrong, ...rest]);
      expect([wrong, rc, stdout]).toEqual([wrong, 2, ""]);
      const start = `argument COMMAND: invalid choice: '${wrong}' (choose from `;
      expect(last(stderr).startsWith(start)).toBe(true);
      expect(last(stderr).includes(`'${action}'`)).toBe(action !== HIDDEN);
    }
    const flag = await rack.maas([handler, action, ...rest, "--frobnicate"]);
    expect([flag.rc, flag.stdout, last(flag.stderr)]).toEqual([
      2,
      "",
      "unrecognized arguments: --frobnicate",
    ]);
  }
  for (const handler of Object.keys(commands)) {
    const { rc, stderr } = await rack.maas([`${handler}x`, "read"]);
    expect([handler, rc]).toEqual([handler, 2]);
    expect(last(stderr)).toContain(`invalid choice: '${handler}x' (choose from 'account'`);
    expect(last((await rack.maas([handler])).stderr)).toBe("too few arguments");
  }
}, 120_000);

test("help of every action names its parameters and is printed with exit status 0", async () => {
  for (const line of LINES) {
    const { rc, stdout, stderr } = await rack.maas([line.handler, line.action, "--help"]);
    expect([line.action, rc, stderr]).toEqual([line.action, 0, ""]);
    expect(stdout).toContain(`usage: maas admin ${line.handler} ${line.action} [--help] [-d] [-k]`);
    for (const param of line.params) expect(stdout).toContain(`\n  ${param}\n`);
  }
}, 60_000);

const [consumer, token, secret] = API_KEY.split(":");
const Authorization = `OAuth oauth_signature_method="PLAINTEXT", oauth_consumer_key="${consumer}", oauth_token="${token}", oauth_signature="%26${secret}"`;

test("a verb or an op that a path does not have is refused as the region does", async () => {
  for (const [handler, { path, actions }] of Object.entries(commands)) {
    const calls: string[] = Object.values<string>(actions);
    const verbs = new Set(calls.map((call) => call.split(" ")[0]));
    for (const method of ["GET", "POST", "PUT", "DELETE"]) {
      const url = `${new URL(rack.url).origin}/MAAS/api/2.0${path.replace(/\{[^}]+\}/g, "777")}`;
      const nosuch = await fetch(`${url}?op=nosuch`, { method, headers: { Authorization } });
      const text = await nosuch.text();
      const expected = verbs.has(method)
        ? [400, `Unrecognised signature: method=${method} op=nosuch`]
        : [405, ""];
      expect([handler, method, nosuch.status, text]).toEqual([handler, method, ...expected]);
    }
  }
}, 60_000);

test("without a terminal an answer has no line break at its end; with one it has a headline", async () => {
  const plain = await rack.maas("zones read");
  expect(plain.stdout.endsWith("]")).toBe(true);
  const terminal = await rack.call(["admin", "zones", "read"], { terminal: true });
  expect(terminal.stdout).toBe(`Success.\nMachine-readable output follows:\n${plain.stdout}\n`);
  const refused = await rack.call(["admin", "machine", "read", "zzzzzz"], { terminal: true });
  expect(refused).toEqual({ rc: 2, stdout: "No Machine matches the given query.\n", stderr: "" });
});
