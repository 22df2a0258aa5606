import { spawn } from "node:child_process";
import { once } from "node:events";
import { end, identify, isAlive, withEnvironment, type ProcessId } from "../../cli/processes";
import { until } from "./support/until";

describe("processes that are told apart by pid and start time", () => {
  test("a process is alive until it ends, and its pid alone does not identify it", async () => {
    const child = spawn("cat", { stdio: "pipe" });
    const id = identify(child.pid ?? 0) as ProcessId;
    expect(isAlive(id)).toBe(true);
    expect(isAlive({ ...id, startTime: "1" })).toBe(false);
    child.stdin.end();
    await once(child, "close");
    expect(isAlive(id)).toBe(false);
  });

  test("what a run left behind is found by the mark in its environment, in another process group too", async () => {
    const mark = `test-${process.pid}-${Date.now()}`;
    // The shell ignores SIGTERM, as a plugin that goes on with its create does.
    const child = spawn("sh", ["-c", "trap '' TERM; echo ready; sleep 300"], {
      detached: true,
      stdio: ["ignore", "pipe", "ignore"],
      env: { ...process.env, PRIVATE_CLOUD_TEST: mark },
    });
    await once(child.stdout, "data");
    let found: ProcessId[] = [];
    await until(() => {
      found = withEnvironment("PRIVATE_CLOUD_TEST", mark);
      return found.length === 2;
    }, "the shell and its sleep carry the mark");
    expect(withEnvironment("PRIVATE_CLOUD_TEST", `${mark}-other`)).toEqual([]);
    await end(found, 1);
    expect(found.filter(isAlive)).toEqual([]);
  });
});
