// Levels are folders: unit and graph are the fast ones; rack, cloud and end-to-end need what cli/ prepares
// for them; kills is no part of `npm test`.
const level = (name, extra = {}) => ({
  displayName: name,
  testMatch: [`<rootDir>/__tests__/${name}/**/*.test.ts`],
  transform: {
    "^.+\\.ts$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }],
  },
  testEnvironment: "node",
  ...extra,
});
module.exports = {
  projects: ["unit", "graph", "rack", "cloud", "end-to-end", "kills"].map((name) => level(name)),
};
