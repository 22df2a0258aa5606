import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const HERE = resolve(__dirname, "../..");
const text = (file: string) => readFileSync(join(HERE, file), "utf8");

/** Who runs each command that the README shows: a test, and the words with which it does. */
const RUN_BY: Record<string, [file: string, words: string]> = {
  "git clone … && cd private-cloud": ["__tests__/support/checkout.ts", "git"],
  "npm run up": ["__tests__/end-to-end/path.test.ts", 'command("up")'],
  "npm run preview": ["__tests__/cloud/refused.test.ts", 'command("preview")'],
  "npm run pulumi -- ARGS": ["__tests__/unit/toolchain-cli.test.ts", '["pulumi", "stack"'],
  "npm run pulumi -- stack output --json": [
    "__tests__/cloud/path.test.ts",
    '"pulumi", "stack", "output", "--json"',
  ],
  "npm run pulumi -- cancel --yes --stack dev": [
    "__tests__/cloud/path.test.ts",
    '"pulumi", "cancel", "--yes", "--stack", "dev"',
  ],
  'eval "$(npm run -s env)"': [
    "__tests__/unit/toolchain-cli.test.ts",
    'eval "$(cli/private-cloud env)"',
  ],
  "npm run down": ["__tests__/cloud/down.test.ts", 'command("down")'],
  "npm test": [".ci/run", "npm test"],
  "npm run test:fast": ["cli/bench/fast.ts", '"test", "--fast"'],
  "npm run test:faults": ["__tests__/unit/path-faults.test.ts", "npm run test:faults"],
  "npm run test:kills": ["__tests__/unit/toolchain-cli.test.ts", '"kills"'],
  "npm run rack:replay -- FILE.jsonl": ["__tests__/rack/commands.test.ts", '"rack:replay", "--"'],
  "npm run types": ["cli/test.sh", "tsc --noEmit"],
  "npm run lint": ["cli/test.sh", "prettier --check"],
  "npm run format": ["package.json", '"format": "prettier --write ."'],
  "npm ci": ["cli/prepare.sh", "npm ci --ignore-scripts"],
  "npm test -- LEVEL…": ["__tests__/unit/toolchain-cli.test.ts", '["test", "fly"]'],
  "npm run preview -- --stack SITE": [
    "__tests__/unit/toolchain-cli.test.ts",
    '["preview", "--stack"',
  ],
  "npm run pulumi -- config set --secret KEY --stack SITE": [
    "__tests__/cloud/path.test.ts",
    '"pulumi", "config", "set", "--secret"',
  ],
  "npm run pulumi -- up --stack SITE": [
    "__tests__/unit/toolchain-cli.test.ts",
    '["pulumi", "up", "--stack=kit"]',
  ],
  "npm run bench": ["__tests__/cloud/refused.test.ts", 'command("bench"'],
  "npm run unseal": ["__tests__/cloud/path.test.ts", 'command("unseal"'],
  "npm run unseal -- --stack S": ["__tests__/cloud/path.test.ts", 'command("unseal", "--stack"'],
  "lab/lab status": ["__tests__/cloud/lab.test.ts", 'lab(["status"])'],
  "lab/lab logs": ["__tests__/cloud/lab.test.ts", 'lab(["logs"'],
  "lab/lab enter openstack server list --all-projects": [
    "__tests__/cloud/path.test.ts",
    '"openstack", "server", "list", "--all-projects"',
  ],
};

/** Commands in code blocks and between backticks: what a person could type as it stands. */
function commands(): string[] {
  const readme = text("README.md");
  const blocks = [...readme.matchAll(/^```\n(.*?)^```$/gms)].flatMap(([, block = ""]) =>
    block.split("\n"),
  );
  const spans = [...readme.matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span);
  const starts = /^(npm |git clone|eval |lab\/lab )/;
  return [
    ...new Set(
      [...blocks, ...spans].map((each) => each.trim()).filter((each) => starts.test(each)),
    ),
  ];
}

test("the README shows commands", () => {
  expect(commands().length).toBeGreaterThan(10);
});

test.each(commands())("%s is run by a test", (command) => {
  const [file, words] = RUN_BY[command] ?? [];
  expect(file).toBeDefined();
  expect(text(file ?? "")).toContain(words);
});

test("no command is listed that the README does not show", () => {
  const shown = commands();
  expect(Object.keys(RUN_BY).filter((command) => !shown.includes(command))).toEqual([]);
});

test("every script of package.json is in the README", () => {
  const { scripts } = JSON.parse(text("package.json")) as { scripts: Record<string, string> };
  const readme = text("README.md");
  const shown = (name: string) =>
    [`npm run ${name}\``, `npm run ${name} `, `npm run -s ${name})`, `npm ${name}\``].some(
      (words) => readme.includes(words),
    );
  expect(Object.keys(scripts).filter((name) => !shown(name))).toEqual([]);
});
