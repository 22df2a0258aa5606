// node count.mjs STATUS FILE: prints "PASSED FAILED" of a run of jest that ended with STATUS and wrote its results to FILE.
//
// A skipped test, a suite that could not be loaded and a run that failed without a failed test count as failed.
import { existsSync, readFileSync } from "node:fs";

const [status, file] = process.argv.slice(2);
let passed = 0;
let failed = 0;
if (existsSync(file)) {
  const result = JSON.parse(readFileSync(file, "utf8"));
  passed = result.numPassedTests;
  const skipped = result.numPendingTests + result.numTodoTests;
  if (skipped > 0) process.stderr.write(`${skipped} skipped test(s) count as failed\n`);
  failed = result.numFailedTests + skipped + result.numRuntimeErrorTestSuites;
}
if (failed === 0 && (status !== "0" || passed === 0)) failed = 1;
process.stdout.write(`${passed} ${failed}\n`);
