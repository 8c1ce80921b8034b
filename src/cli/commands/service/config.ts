import { command, group } from "../../command.ts";
import { circuit } from "../../flags.ts";
import { needed } from "../../input.ts";
import { named } from "../../summaries.ts";
import { configFile, describeFindings } from "./flags.ts";

export const init = command({
  ...named("init"),
  arguments: { folder: needed("<folder>", "where to write it") },
  flags: { circuit },
  notes: `
Writes ballast.config.json, in which each part says what it is for, and master.key: salts and everything sealed in the database follow from
it, so keep a copy apart from the database's backups.`,
  examples: ["ballast init service", "ballast init service --circuit 16x120"],
  async run({ folder, circuit: name }, { print }) {
    const { instanceOf } = await import("../../../prover/circuits.ts");
    const { initialise } = await import("../../../service/config/init-file.ts");
    const files = initialise(folder, instanceOf("coverage", name).name);
    print(files, () =>
      [
        `${files.config}: edit it, then \`ballast config check --config ${files.config}\``,
        `${files.masterKey}: export BALLAST_MASTER_KEY_FILE=${files.masterKey}`,
      ].join("\n"),
    );
  },
});

const check = command({
  name: "check",
  summary: "look whether a service could start: its files, keys, node and database",
  flags: { config: configFile },
  notes: "Nothing is changed. Exit code 1 says that something is missing or wrong.",
  examples: ["ballast config check --config service/ballast.config.json"],
  async run({ config: file }, { print, fail }) {
    const { checkConfig } = await import("../../../service/config/check-file.ts");
    const findings = await checkConfig(file, process.env);
    const faults = findings.filter(({ state }) => state === "fault").length;
    if (faults > 0) fail();
    print({ ready: faults === 0, findings }, () =>
      [...describeFindings(findings), faults === 0 ? "ready" : `${faults} to mend`].join("\n"),
    );
  },
});

/** `ballast config`. */
export const config = group({ ...named("config"), commands: [check] });
