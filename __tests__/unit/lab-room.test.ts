import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { labFailed } from "../../cli/lab";

const ROOM = resolve(__dirname, "../../lab/cloud/room.sh");

/** What room says when / has 9000 MB and "/my disk" 3000 MB free. */
function room(...needs: [mb: number, directory: string, what: string][]): string[] {
  const program = `
df() { case $2 in
  /usr) printf 'Filesystem 1048576-blocks Used Available Capacity Mounted on\\n/dev/a 20000 11000 9000 55%% /\\n' ;;
  *) printf 'Filesystem 1048576-blocks Used Available Capacity Mounted on\\n/dev/b 4000 1000 3000 25%% /my disk\\n' ;;
esac; }
. "$1"; shift
while [ $# -gt 0 ]; do needs "$1" "$2" "$3"; shift 3; done
room`;
  const done = spawnSync("bash", ["-euc", program, "bash", ROOM, ...needs.flat().map(String)], {
    encoding: "utf8",
  });
  expect(done.stderr).toBe("");
  return done.stdout.trim().split("\n").filter(Boolean);
}

test("what is needed is added up for each filesystem", () => {
  expect(room()).toEqual([]);
  expect(room([4500, "/usr", "caches"], [4500, "/usr", "a lab"])).toEqual([]);
  expect(room([4500, "/usr", "caches"], [4000, "/usr", "a lab"], [4700, "/usr", "tools"])).toEqual([
    "/ has 9000 MB free and 13200 MB are needed there: 4500 for caches, 4000 for a lab, 4700 for tools",
  ]);
  expect(room([9000, "/usr", "caches"], [3001, join("/", "no such folder"), "a lab"])).toEqual([
    "/my disk has 3000 MB free and 3001 MB are needed there: 3001 for a lab",
  ]);
});

test("a lab whose rack is another version's is taken down by the command that forgets the stack too", () => {
  const said =
    "/home/cloud/.rack/state.json: format 1 was written by another version, this one reads 2; make the rack anew with: rack reset --force";
  expect(labFailed(1, said)).toMatch(/another version .*`npm run down`, then `npm run up`$/);
  expect(labFailed(1, "no memory")).toMatch(/its words are above$/);
});
