import { JujuError } from "../../lab/rack/juju/errors";
import { Evaluation } from "../../lab/rack/juju/query/evaluate";
import { explained } from "../../lab/rack/juju/query/explain";
import { parseQuery } from "../../lab/rack/juju/query/parser";
import { NoIdentifier } from "../../lab/rack/juju/query/problems";
import { bool, integer, type Scope, text, type Value } from "../../lab/rack/juju/query/values";

const scopeOf = (type: string, facts: Record<string, Value>): Scope => {
  const scope: Scope = {
    type,
    names: Object.keys(facts),
    get: (name) => {
      const value = facts[name];
      if (value === undefined) throw new NoIdentifier(name, scope);
      return value;
    },
  };
  return scope;
};

const unit = (name: string, status: string): Scope =>
  scopeOf("UnitInfo", { name: text(name), "workload-status": text(status) });

const application = scopeOf("ApplicationInfo", {
  life: text("alive"),
  status: text("active"),
  exposed: bool(false),
  "min-units": integer(2),
  units: { kind: "scopes", value: [unit("a/0", "active"), unit("a/1", "blocked")] },
  nothing: { kind: "scopes", value: [] },
  config: { kind: "map", value: { debug: true, workers: 4 } },
  "supported-containers": { kind: "list", value: ["lxd"] },
});

let printed = "";
const print = (said: string): void => void (printed += said);
const run = (query: string): boolean =>
  explained(query, print, () =>
    new Evaluation({ top: application, print }).holds(parseQuery(query)),
  );

const failure = (query: string): string => {
  try {
    run(query);
  } catch (error) {
    if (error instanceof JujuError) return error.message;
    throw error;
  }
  throw new Error(`${query} did not fail`);
};

test.each<[string, boolean]>([
  ['life=="alive" && status=="active"', true],
  ["life=='alive' && status=='idle'", false],
  ['status=="idle" || status=="active"', true],
  ['life=="alive" && (status=="idle" || status=="active")', true],
  ['status=="active" || life=="alive" && exposed', true],
  ['status!="active"', false],
  ["exposed", false],
  ["exposed==false", true],
  ["exposed==FALSE", true],
  ["min-units>=2 && min-units<3", true],
  ["min-units>2", false],
  ["min-units<=1.5", false],
  ["status", true],
  ["", false],
  ["len(units)==2", true],
  ["len(units)==2 && len(nothing)==0", true],
  ["len(status)==6", true],
  ['forEach(units, unit => startsWith(unit.name, "a/"))', true],
  ['forEach(units, unit => unit.workload-status=="active")', false],
  ['forEach(units, unit => endsWith(unit.name, "0") || unit.workload-status=="blocked")', true],
  ['forEach(nothing, unit => unit.name=="x")', false],
  ['forEach(units, unit => status=="active")', true],
  ['config["debug"]', true],
  ['config["workers"]==4', true],
  ['supported-containers[0]=="lxd"', true],
  ['int("3")==3', true],
  ["units", true],
  ["nothing", false],
  // Two comparisons are equal to each other, whatever they came to.
  ['(status=="x")==(life=="alive")', true],
  ['(status=="active")==true', false],
  // Of several expressions the first counts.
  ['status=="x"; life=="alive"', false],
])("%s is %p", (query, expected) => {
  expect(run(query)).toBe(expected);
});

test("print writes what it is given, and gives it back", () => {
  printed = "";
  expect(run('print(status)=="active"')).toBe(true);
  expect(printed).toBe("active\n");
});

test("a part that decides nothing is not looked at", () => {
  expect(run('exposed && nosuch=="x"')).toBe(false);
  expect(run('life=="alive" || nosuch=="x"')).toBe(true);
});

test.each([
  [
    'life=="alive',
    'Cannot parse query: string is not correctly terminated.\n\n1 | life=="alive\n          Try adding a closing quote to the string.',
  ],
  [
    "life=='alive' & exposed",
    "Cannot parse query: unexpected character.\n\n1 | life=='alive' & exposed\n                  wait-for doesn't support '&'. Maybe try removing the character and try again.",
  ],
  [
    "len(units",
    "Cannot parse query: expected ).\n\n1 | len(units\n        The type doesn't match the expected syntax. Maybe try removing the character and try again.",
  ],
  [
    "life && exposed",
    "Cannot parse query: invalid AND (&&) operator.\n\n1 | life && exposed\n    ^\nEnsure that each side of the && operator can be evaluated to a boolean.",
  ],
  [
    "lif",
    'Cannot execute query: invalid identifier.\n\n1 | lif\n\nNo possible matches for "lif" on ApplicationInfo: \nDid you mean:\n\n    life\n' +
      "\nOther possible matches:\n\n    - config\n    - exposed\n    - min-units\n    - nothing\n    - status\n    - supported-containers\n    - units",
  ],
  [
    "count(units)",
    'Cannot execute query: runtime syntax error.\n\n1 | count(units)\n\nwait-for has no function "count".\nDid you mean:\n\n    int\n' +
      "\nOther possible matches:\n\n    - endsWith\n    - forEach\n    - len\n    - print\n    - startsWith",
  ],
  [
    "life==",
    "Cannot execute query: runtime error.\n\n1 | life==\n\nwait-for requires the Syntax Error: Unexpected expression <nil>\nMaybe try removing the character and try again.",
  ],
  [
    "len()",
    "Cannot execute query: runtime error.\n\n1 | len()\n\nwait-for requires the number of arguments for a function call to be 1, but got: 0\nMaybe try removing the character and try again.",
  ],
  [
    "len(exposed)",
    "Cannot execute query: runtime error.\n\n1 | len(exposed)\n\nwait-for requires the unexpected type bool passed to len\nMaybe try removing the character and try again.",
  ],
  ['int("x")', 'strconv.Atoi: parsing "x": invalid syntax'],
])("%s is explained", (query, message) => {
  expect(failure(query)).toBe(message);
});
