import { afterAll, expect } from "vitest";

// Loaded before each file of the suites that share a process: whoever changes its surroundings would change other files' tests.
const [environment, folder] = [{ ...process.env }, process.cwd()];

afterAll(() => {
  const now = { ...process.env };
  for (const name of new Set([...Object.keys(environment), ...Object.keys(now)])) {
    expect(now[name], `the environment's ${name}`).toBe(environment[name]);
  }
  expect(process.cwd()).toBe(folder);
});
