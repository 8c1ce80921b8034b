import { describe, expect, it } from "vitest";
import { command } from "../../src/cli/command.ts";
import { type CommandEntry, runCli } from "../../src/cli/program.ts";
import { terminalOf } from "../../src/cli/terminal.ts";

const tty = { isTTY: true, columns: 120 };
const pipe = {};

describe("what a stream can show", () => {
  it.each([
    ["a terminal", tty, {}, { color: true, redraws: true, columns: 120 }],
    ["a pipe or a file", pipe, {}, { color: false, redraws: false, columns: 80 }],
    ["TERM=dumb", tty, { TERM: "dumb" }, { color: false, redraws: false, columns: 120 }],
    ["NO_COLOR", tty, { NO_COLOR: "1" }, { color: false, redraws: true, columns: 120 }],
    ["an empty NO_COLOR", tty, { NO_COLOR: "" }, { color: true, redraws: true, columns: 120 }],
    ["FORCE_COLOR into a pipe", pipe, { FORCE_COLOR: "1" }, { color: true, redraws: false, columns: 80 }],
    ["FORCE_COLOR=0", tty, { FORCE_COLOR: "0" }, { color: false, redraws: true, columns: 120 }],
    ["both", tty, { NO_COLOR: "1", FORCE_COLOR: "1" }, { color: false, redraws: true, columns: 120 }],
    [
      "FORCE_COLOR on TERM=dumb",
      tty,
      { TERM: "dumb", FORCE_COLOR: "1" },
      { color: true, redraws: false, columns: 120 },
    ],
    [
      "a terminal too narrow for words",
      { isTTY: true, columns: 12 },
      {},
      { color: true, redraws: true, columns: 40 },
    ],
    [
      "a terminal that says nothing of its size",
      { isTTY: true },
      {},
      { color: true, redraws: true, columns: 80 },
    ],
  ] as const)("%s", (_, stream, env, expected) => {
    expect(terminalOf(stream, env)).toEqual(expected);
  });
});

describe("what a command is given", () => {
  it("is what its streams can show", async () => {
    const seen: unknown[] = [];
    const probe: CommandEntry = {
      name: "probe",
      summary: "",
      load: async () =>
        command({
          name: "probe",
          summary: "",
          examples: [],
          run(_, { io }) {
            const { live, screen, color, errColor, columns } = io;
            seen.push({ live, screen, color, errColor, columns });
            io.out("said\n");
          },
        }),
    };
    let out = "";
    const io = {
      out: (text: string) => {
        out += text;
      },
      err: () => {},
      live: true,
      screen: true,
      color: true,
      errColor: false,
      get columns() {
        return 100;
      },
    };
    expect(await runCli(["probe"], io, [probe], "0.0.0")).toBe(0);
    expect(await runCli(["probe", "--json"], io, [probe], "0.0.0")).toBe(0);
    const expected = { live: true, screen: true, color: true, errColor: false, columns: 100 };
    expect(seen).toEqual([expected, expected]);
    expect(out).toBe("said\nsaid\n");
  });
});
